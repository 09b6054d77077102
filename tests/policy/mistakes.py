"""Mistakes that people make in a policy file.

Each has the text to replace in the shipped file, its replacement (» marks the line that the error
must name), the key, and words of the problem.
"""

MISTAKES: dict[str, tuple[str, str, str, str]] = {
    "another way to somebody who is nobody": (
        "# ── Severities",
        '[fallback.people]\n»pria = ["email:priya@example.com"]\n# ── Severities',
        "fallback.people.pria",
        "'pria' is not in [people]; did you mean 'priya'?",
    ),
    "a way without an address": (
        "# ── Severities",
        '[fallback.people]\n»priya = ["email"]\n# ── Severities',
        "fallback.people.priya",
        "expected a gateway's key, a colon and an address",
    ),
    "an address of another kind": (
        "# ── Severities",
        '[fallback.people]\n»priya = ["sms:priya@example.com"]\n# ── Severities',
        "fallback.people.priya",
        "expected an address such as 'sms:+6591234567' (the value is not repeated here)",
    ),
    "a way that is listed twice": (
        "# ── Severities",
        '[fallback.people]\n»priya = ["hook:x", "hook:x"]\n# ── Severities',
        "fallback.people.priya",
        "this way is listed twice",
    ),
    "a severity without a fallback of its kind": (
        "# ── Severities",
        '[fallback]\n»after.P9 = "1m"\n# ── Severities',
        "fallback.after.P9",
        "expected P0, P1, P2 or P3, found 'P9'",
    ),
    "a working day that ends before it begins": (
        'end   = "18:00"',
        'end   = "08:00"',
        "working_hours.end",
        "expected a time after the start (09:00)",
    ),
    "a person who is nobody": (
        'on_call = ["@priya", "@tom", "@jamal"]',
        'on_call = ["@prya", "@tom", "@jamal"]',
        "team.legal.on_call",
        "'@prya' is not in [people]; did you mean '@priya'?",
    ),
    "a person without the @": (
        'members = ["@elena"]',
        'members = ["elena"]',
        "team.legal.members",
        "expected a person of [people] such as '@priya', found 'elena'",
    ),
    "a second person of a list over several lines": (
        'on_call = ["@sofia", "@daniel", "@hana"]',
        'on_call = [\n  "@sofia",\n  »"@danial",\n]',
        "team.pr.on_call",
        "'@danial' is not in [people]; did you mean '@daniel'?",
    ),
    "a team that is nowhere": (
        'teams    = ["content-policy"]\n',
        'teams    = ["content-polcy"]\n',
        "digest[2].teams",
        "there is no team 'content-polcy'; did you mean 'content-policy'?",
    ),
    "a team that is nowhere in a category": (
        'teams.P2 = ["public-policy"]',
        'teams.P2 = ["nobody"]',
        "category.misinformation.teams.P2",
        "there is no team 'nobody'",
    ),
    "a bad time zone": (
        'zone     = "Europe/Dublin"',
        'zone     = "Europe/Dublon"',
        "digest[2].zone",
        "expected a time zone such as 'Asia/Singapore', found 'Europe/Dublon'",
    ),
    "a bad weekday": (
        'weekday  = "monday"\nat       = "10:00"',
        'weekday  = "mondai"\nat       = "10:00"',
        "digest[2].weekday",
        "expected a weekday such as 'monday', found 'mondai'",
    ),
    "a bad time of day": (
        'at       = "10:00"',
        'at       = "25:00"',
        "digest[2].at",
        "expected a time of day such as '09:00', found '25:00'",
    ),
    "a duration without its unit": (
        '{ who = ["on-call", "backup"],              wait = "5m" }',
        '{ who = ["on-call", "backup"],              wait = 5 }',
        "team.child-safety.ladder.P0.steps[2].wait",
        "expected a duration in quotes such as '5m', found 5",
    ),
    "a duration of nothing": (
        '{ who = ["on-call", "backup"],              wait = "5m" }',
        '{ who = ["on-call", "backup"],              wait = "0m" }',
        "team.child-safety.ladder.P0.steps[2].wait",
        "'0m' is not a length of time: it is zero",
    ),
    "a duration in months": (
        'decide_within = "7d" ',
        'decide_within = "P6M" ',
        "severity.P3.decide_within",
        "months or years, which have no fixed length",
    ),
    "a word that no step knows": (
        '{ who = ["on-call", "backup"],              wait = "5m" }',
        '{ who = ["on-call", "bakup"],              wait = "5m" }',
        "team.child-safety.ladder.P0.steps[2].who",
        "'everyone', 'escalation-manager' or a person such as '@priya', found 'bakup'; "
        "did you mean 'backup'?",
    ),
    "too many rounds": (
        "rounds = 3",
        "rounds = 11",
        "team.child-safety.ladder.P0.rounds",
        "at most 10",
    ),
    "no rounds": ("rounds = 3", "rounds = 0", "team.child-safety.ladder.P0.rounds", "at least 1"),
    "rounds in quotes": (
        "rounds = 3",
        'rounds = "3"',
        "team.child-safety.ladder.P0.rounds",
        "expected a whole number, found '3'",
    ),
    "an own ladder without a step": (
        '  { who = "on-call",                          wait = "5m" },\n'
        '  { who = ["on-call", "backup"],              wait = "5m" },\n'
        '  { who = ["everyone", "escalation-manager"], wait = "5m" },\n',
        "",
        "team.child-safety.ladder.P0.steps",
        "expected at least 1, found none",
    ),
    "nobody on call": (
        'on_call = ["@katrin", "@conor", "@shreya"]',
        "on_call = []",
        "team.dpo.on_call",
        "expected at least 1, found none",
    ),
    "a person on call twice": (
        'on_call = ["@katrin", "@conor", "@shreya"]',
        'on_call = ["@katrin", "@conor", "@katrin"]',
        "team.dpo.on_call",
        "'@katrin' is listed twice",
    ),
    "a key that there is not": (
        'aliases = ["pm"]',
        'aliasses = ["pm"]',
        "team.product.aliasses",
        "there is no such key here; did you mean 'aliases'?",
    ),
    "a table that there is not": (
        "[follow_up]",
        "[folow_up]",
        "folow_up",
        "there is no such key here; did you mean 'follow_up'?",
    ),
    "a key that is missing": (
        '[severity.P3]\nname          = "Low"\nack_within    = "1d"\n',
        '»[severity.P3]\nname          = "Low"\n',
        "severity.P3.ack_within",
        'this key is missing; expected for example ack_within = "5m"',
    ),
    "a severity that there is not": (
        "[severity.P3.criteria]",
        '»[severity.P4]\nname = "x"\n[severity.P3.criteria]',
        "severity.P4",
        "expected P0, P1, P2 or P3, found 'P4'",
    ),
    "an alias that another team has": (
        'aliases = ["pm"]',
        'aliases = ["Ops"]',
        "team.operations.aliases",
        "'ops' already means team 'product'",
    ),
    "an alias that is another team's key": (
        'aliases = ["pm"]',
        'aliases = ["legal"]',
        "team.product.aliases",
        "'legal' already means team 'legal'",
    ),
    "one criterion in two severities": (
        'trend             = "A trend to look at"',
        'doxxing           = "A trend to look at"',
        "severity.P3.criteria.doxxing",
        "criterion 'doxxing' already belongs to P1",
    ),
    "one member under two names": (
        'tom       = "U0TOM"',
        'tom       = "U0PRIYA"',
        "people.tom",
        "'U0PRIYA' is already 'priya'; one name for each person",
    ),
    "a handle where a member ID belongs": (
        'tom       = "U0TOM"',
        'tom       = "@tom"',
        "people.tom",
        "expected a Slack member ID such as 'U0PRIYA', found '@tom'",
    ),
    "a channel by name": (
        'channels = ["C0TNSWEEKLY"]',
        'channels = ["#tns-weekly"]',
        "digest[2].channels",
        "expected a Slack channel ID such as 'C0LEADERSHIP'",
    ),
    "a digest for nobody": (
        'channels = ["C0TNSWEEKLY"]\n',
        "",
        "digest[2].channels",
        "expected channels or people: this digest would go to no one",
    ),
    "two digests of one key": (
        'key      = "content-policy"',
        'key      = "leadership"',
        "digest[2].key",
        "there is already a digest 'leadership'",
    ),
    "a role that is no role": (
        '# everyone = "viewer"',
        'everyone = "boss"',
        "roles.everyone",
        "expected 'viewer', 'member' or 'responder', found 'boss'",
    ),
    "a user group by handle": (
        'member  = ["usergroup:S0TNS"]',
        'member  = ["@trust-and-safety-team!"]',
        "roles.member",
        "expected a person such as '@priya' or a user group such as 'usergroup:S0TNS'",
    ),
    "a category of no statement category": (
        'dsa      = "SCAMS_AND_FRAUD"',
        'dsa      = "SCAMS"',
        "category.scams.dsa",
        "expected a statement category of the DSA such as 'CYBER_VIOLENCE', found 'SCAMS'",
    ),
    "a tier that there is not": (
        'tier            = "restricted"\nreferences_only',
        'tier            = "secret"\nreferences_only',
        "category.suspected-csam.tier",
        "expected 'standard' or 'restricted', found 'secret'",
    ),
    "a truth in quotes": (
        "references_only = true",
        'references_only = "true"',
        "category.suspected-csam.references_only",
        "expected true or false, found 'true'",
    ),
    "a category that proposes nobody": (
        'teams.P0        = ["child-safety"]',
        "teams.P0        = []",
        "category.suspected-csam.teams",
        "expected at least one team",
    ),
    "a label longer than Slack's options": (
        'live           = "Live"',
        f'live           = "{"x" * 76}"',
        "surface.live",
        "expected at most 75 characters, found 76",
    ),
    "an empty label": (
        'live           = "Live"',
        'live           = " "',
        "surface.live",
        "expected a text, found an empty one",
    ),
    "a prefix that no channel may have": (
        'prefix   = "esc" ',
        'prefix   = "Esc #" ',
        "channel.prefix",
        "expected at most 21 small letters, digits, hyphens, found 'Esc #'",
    ),
    "a follow-up on the day itself": (
        "days_after_resolution = [1, 7, 30]",
        "days_after_resolution = [0, 7, 30]",
        "follow_up.days_after_resolution",
        "expected at least 1, found 0",
    ),
    "a list that is a text": (
        'aliases = ["pm"]',
        'aliases = "pm"',
        "team.product.aliases",
        "expected a list in [ ], found 'pm'",
    ),
}

LATER_LINE = {
    "an alias that another team has": 'aliases = ["ops", "moderation"]',
    "a digest for nobody": '[[digest]]\nkey      = "content-policy"',
    "an own ladder without a step": "steps = [\n]",
}
"""Mistakes for which the error names another line than the edited one."""
