"""`users.*`, `usergroups.*`, `bots.info` and `team.info`."""

from __future__ import annotations

from playground.api.arguments import Arguments
from playground.api.registry import method
from playground.api.seen import page, person_of
from playground.facade import Playground
from playground.state.records import Json, Person
from playground.web.refusal import Refusal


def _shown(slack: Playground, person: Person) -> Json:
    """Show a person. E-mail addresses need their own scope."""
    return slack.shapes.person(person, email=slack.manifest.grants(("users:read.email",)))


@method("users.info")
def users_info(slack: Playground, args: Arguments) -> Json:
    return {"user": _shown(slack, person_of(slack, args.text("user")))}


@method("users.list")
def users_list(slack: Playground, args: Arguments) -> Json:
    people, metadata = page(list(slack.workspace.people.values()), args, default=200)
    return {
        "members": [_shown(slack, person) for person in people],
        "cache_ts": int(slack.clock.now()),
        **metadata,
    }


@method("users.lookupByEmail")
def lookup_by_email(slack: Playground, args: Arguments) -> Json:
    wanted = args.text("email").lower()
    for person in slack.workspace.people.values():
        if person.email and person.email.lower() == wanted and not person.deleted:
            return {"user": _shown(slack, person)}
    raise Refusal("users_not_found")


@method("usergroups.list")
def usergroups_list(slack: Playground, args: Arguments) -> Json:
    users, count = args.flag("include_users"), args.flag("include_count")
    groups = slack.workspace.groups.values()
    return {"usergroups": [slack.shapes.group(each, users=users, count=count) for each in groups]}


@method("usergroups.users.list")
def usergroups_users_list(slack: Playground, args: Arguments) -> Json:
    group = slack.workspace.groups.get(args.text("usergroup"))
    if group is None:
        raise Refusal("no_such_subteam")
    return {"users": list(group.members)}


@method("bots.info")
def bots_info(slack: Playground, args: Arguments) -> Json:
    if args.text("bot", slack.app.bot_id) != slack.app.bot_id:
        raise Refusal("bot_not_found")
    profile = slack.shapes.bot_profile()
    return {"bot": profile | {"user_id": slack.app.user_id, "updated": 0}}


@method("team.info")
def team_info(slack: Playground, args: Arguments) -> Json:
    workspace = slack.workspace
    if args.text("team", workspace.team_id) != workspace.team_id:
        raise Refusal("team_not_found")
    domain = workspace.domain
    return {
        "team": {
            "id": workspace.team_id,
            "name": workspace.name,
            "domain": domain,
            "url": slack.url,
            "email_domain": "",
        }
    }
