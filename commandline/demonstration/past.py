"""The demonstration's past escalations: neutral headlines, no real people or firms."""

from dataclasses import dataclass
from enum import Enum

from bot.domain.access.visibility import Tier
from bot.domain.incidents.severity import Severity

P0, P1, P2, P3 = Severity.P0, Severity.P1, Severity.P2, Severity.P3


class Ending(Enum):
    RESOLVED = "resolved"
    REVIEWED = "closed after review"
    REOPENED = "resolved, reopened and resolved again"
    DUPLICATE = "the same as the one before it"
    DECLINED = "not an escalation"


@dataclass(frozen=True, slots=True)
class Past:
    """One incident that is over. Keys are those of the shipped policy."""

    severity: Severity
    category: str
    surface: str
    market: str
    source: str
    title: str
    ending: Ending = Ending.RESOLVED
    tier: Tier = Tier.STANDARD
    affected: tuple[str, ...] = ()


_REVIEWED, _SECRET = Ending.REVIEWED, Tier.RESTRICTED

PAST = (
    Past(P2, "harassment", "comment", "SG", "user-report",
         "Repeated insults under a cooking creator's videos", _REVIEWED, affected=("creator",)),
    Past(P1, "pile-on", "duet-stitch", "GB", "media-inquiry",
         "Pile-on after a duet with a school choir", _REVIEWED, affected=("group",)),
    Past(P3, "impersonation", "profile", "ID", "user-report",
         "Parody account without a parody label"),
    Past(P2, "pile-on", "hashtag-trend", "PH", "viral-trend",
         "Hashtag that invites people to rate classmates"),
    Past(P1, "doxxing", "comment", "US", "victim-family",
         "Home address of a referee passed around in comments", _REVIEWED,
         affected=("private-person",)),
    Past(P2, "harassment", "live", "MY", "moderator",
         "Viewers of a live sent to another creator's stream", affected=("creator",)),
    Past(P3, "harassment", "comment", "IE", "internal",
         "Request for a precedent: mocking an accent"),
    Past(P2, "impersonation", "account", "IN", "creator-partner",
         "Copies of a dance teacher's account ask for donations", _REVIEWED,
         affected=("creator",)),
    Past(P1, "stalking", "direct-message", "DE", "victim-family",
         "Messages from new accounts after every block", _REVIEWED, _SECRET,
         affected=("private-person",)),
    Past(P2, "hate", "comment", "FR", "ngo",
         "Slurs in other spellings under a community centre's videos", affected=("group",)),
    Past(P0, "threats", "live", "US", "law-enforcement",
         "Threat against a meet-up that was announced on a live", _REVIEWED,
         affected=("creator", "group")),
    Past(P2, "harassment", "duet-stitch", "BR", "user-report",
         "Stitches that make fun of a wheelchair user's sport", affected=("creator",)),
    Past(P3, "hate", "hashtag-trend", "NL", "researcher",
         "Trend to look at: coded numbers in user names"),
    Past(P1, "harassment", "comment", "JP", "media-inquiry",
         "Paper asks about insults against an athlete", _REVIEWED, affected=("public-figure",)),
    Past(P2, "pile-on", "comment", "KR", "viral-trend",
         "Fans of two groups report each other's accounts en masse"),
    Past(P2, "harassment", "photo", "AU", "trusted-flagger",
         "Edited class photos shared to mock pupils", _REVIEWED, affected=("minor",)),
    Past(P3, "impersonation", "profile", "ES", "creator-partner",
         "Fan page that many take for the original"),
    Past(P1, "pile-on", "live", "TH", "moderator",
         "Gift-for-insult game on lives", Ending.REOPENED, affected=("creator",)),
    Past(P2, "doxxing", "short-video", "CA", "user-report",
         "Workplace of a reviewer shown in a video", affected=("private-person",)),
    Past(P2, "harassment", "comment", "VN", "moderator",
         "Comment filter misses insults with tone marks left out", _REVIEWED),
    Past(P3, "harassment", "search", "global", "internal",
         "Search suggests an insult behind a creator's name"),
    Past(P1, "threats", "direct-message", "MX", "user-report",
         "Threats against a local reporter after a story", affected=("journalist",)),
    Past(P2, "harassment", "comment", "ZA", "user-report",
         "Insults under a student council's videos", Ending.DECLINED),
    Past(P2, "pile-on", "hashtag-trend", "IT", "media-inquiry",
         "Hashtag against the jury of a talent show", affected=("public-figure",)),
    Past(P1, "doxxing", "comment", "IN", "victim-family",
         "Phone numbers of a family posted under a wedding video", _REVIEWED, _SECRET,
         affected=("private-person",)),
    Past(P3, "pile-on", "comment", "PL", "researcher",
         "Trend to look at: 'ratio' calls under news videos"),
    Past(P2, "impersonation", "live", "AE", "creator-partner",
         "Replayed lives of a creator under a look-alike name", affected=("creator",)),
    Past(P1, "harassment", "duet-stitch", "US", "executive",
         "Coordinated duets against a candidate's family", _REVIEWED, affected=("candidate",)),
    Past(P2, "hate", "comment", "TR", "ngo",
         "Slurs under videos of a minority-language choir", affected=("group",)),
    Past(P0, "pile-on", "hashtag-trend", "GB", "viral-trend",
         "Wrong person named as suspect in a trending hashtag", _REVIEWED,
         affected=("private-person",)),
    Past(P2, "pile-on", "hashtag-trend", "GB", "user-report",
         "Wrong person named as suspect: reports from a second market", Ending.DUPLICATE,
         affected=("private-person",)),
    Past(P3, "harassment", "profile", "SE", "user-report",
         "Mocking bio that never names its target"),
    Past(P1, "harassment", "comment", "EG", "trusted-flagger",
         "Campaign against women who review cars", Ending.REOPENED, affected=("creator",)),
    Past(P2, "harassment", "live", "TW", "moderator",
         "Moderators of a live removed by a raid", affected=("creator",)),
    Past(P2, "impersonation", "account", "NG", "victim-family",
         "Account in a deceased person's name answers comments", _REVIEWED),
    Past(P1, "stalking", "follow-like", "US", "law-enforcement",
         "Court order names an account that follows one person", _REVIEWED, _SECRET,
         affected=("private-person",)),
    Past(P2, "pile-on", "comment", "ID", "viral-trend",
         "Restaurant swamped after an edited clip", affected=("private-person",)),
    Past(P3, "impersonation", "profile", "CL", "user-report",
         "Badge in a picture that looks like verification"),
    Past(P1, "harassment", "photo", "AU", "trusted-flagger",
         "Anonymous 'confessions' page about one school", affected=("minor",)),
    Past(P2, "harassment", "comment", "PT", "media-inquiry",
         "Insults against the hosts of a charity live", affected=("creator",)),
    Past(P0, "threats", "comment", "FR", "law-enforcement",
         "Threat against a school named in comments", _REVIEWED, affected=("minor", "group")),
    Past(P2, "doxxing", "short-video", "KE", "user-report",
         "Licence plates read out in a road-rage series", affected=("private-person",)),
    Past(P1, "pile-on", "duet-stitch", "BR", "creator-partner",
         "Two creators' quarrel drawn into a brand event", affected=("creator",)),
    Past(P2, "harassment", "comment", "SG", "moderator",
         "Insults in emoji strings that the filter does not read"),
    Past(P1, "impersonation", "account", "JP", "media-inquiry",
         "Fake account of a newsreader gives interviews", affected=("journalist",)),
)  # fmt: skip

NOTES = (
    "Queue searched: the reports come from three clusters of accounts.",
    "The creator's manager has been called back and knows who to write to.",
    "Comment filter widened for this account for 48 hours.",
    "Evidence preserved by reference; nothing was copied.",
    "Moderators of the next shift are briefed.",
)
UPDATES = (
    "Reports are down by half since the filter was widened. Next look in the evening.",
    "Legal has read the wording; no objection. PR holds a reactive line.",
    "Second sweep done: 140 comments and 12 accounts actioned. No new wave so far.",
    "The person affected has answered and has the support contacts.",
    "Waiting for the market team's reading of two phrases.",
    "Volume is back to normal in the market. Watching one more cycle.",
)
DECISIONS = (
    (("remove", "strike"), "The comments and the accounts that coordinated them",
     "Bullying 3.2: targeted abuse", "Many accounts, one target, wording agreed beforehand."),
    (("reduce-reach", "label"), "The videos of the trend in this market",
     "Bullying 4.1: amplified ridicule", "Each video alone is allowed; together they do harm."),
    (("remove", "suspend", "victim-support"), "The account and its copies",
     "Impersonation 2.1: deceptive identity", "People were led to believe it was the person."),
    (("disable-comments-live", "warn"), "Comments for 48 hours, at the creator's wish",
     "Bullying 5.3: protective measures", "The wave is expected to end with the news cycle."),
    (("no-action",), "The reported videos",
     "Bullying 1.4: criticism of public conduct", "Sharp, but about what was done in public."),
)  # fmt: skip
NO_ESCALATION = "Two school classes report each other: no pattern, the normal queue has it."
SECOND_WAVE = "A second wave under the creator's newest video."
OPENERS = ("U0MEI", "U0AOIFE", "U0BAO", "U0NOOR", "U0AISHA", "U0JOSE", "U0LIAM", "U0NIAMH")
OWNERS = ("U0MEI", "U0AOIFE", "U0WEI", "U0AISHA", "U0LIAM", "U0NIAMH")
