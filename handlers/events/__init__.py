"""Slack's events: home tab, pushpins, people, groups, channels, mentions.

If the bot fails to handle an event, it does not acknowledge it. Slack sends it again.
"""

from collections.abc import Mapping

from handlers.events import channels, home, mentions, people, pins
from handlers.events.event import Handler

EVENTS: Mapping[str, Handler] = {
    "app_home_opened": home.opened,
    "app_mention": mentions.mentioned,
    "message": mentions.written,
    "reaction_added": pins.reacted,
    "user_change": people.person_changed,
    "team_join": people.person_changed,
    "subteam_updated": people.group_changed,
    "subteam_members_changed": people.members_changed,
    "channel_archive": channels.archived,
    "group_archive": channels.archived,
    "channel_unarchive": channels.unarchived,
    "group_unarchive": channels.unarchived,
    "member_joined_channel": channels.joined,
    "member_left_channel": channels.left,
}
