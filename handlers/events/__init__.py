"""What happens in Slack: home tab, pushpins, people, groups, channels, mentions.

An event that could not be handled is not acknowledged as handled: Slack sends it again.
"""

from collections.abc import Mapping

from handlers.events import directory, home, mentions, pins, rooms
from handlers.events.event import Handler

EVENTS: Mapping[str, Handler] = {
    "app_home_opened": home.opened,
    "app_mention": mentions.mentioned,
    "message": mentions.written,
    "reaction_added": pins.reacted,
    "user_change": directory.person_changed,
    "team_join": directory.person_changed,
    "subteam_updated": directory.group_changed,
    "subteam_members_changed": directory.members_changed,
    "channel_archive": rooms.archived,
    "group_archive": rooms.archived,
    "channel_unarchive": rooms.unarchived,
    "group_unarchive": rooms.unarchived,
    "member_joined_channel": rooms.joined,
    "member_left_channel": rooms.left,
}
