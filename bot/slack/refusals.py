"""How far each of Slack's error codes reaches, by the method that was called.

Slack's code names a cause, not how far it reaches: `no_permission` may mean one channel, and
`account_inactive` one person's direct message. So most codes stop only the place of the call, and
so does every code that this table does not have. The bot stops a whole workspace only if
`auth.test` refuses too (`bot.worker.delivery.doubts`).
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType


class Reach(StrEnum):
    """How far a refusal reaches, and so which messages must wait."""

    LANE = "lane"
    """This place, for now: its messages wait and are tried again; all others go on."""
    CALL = "call"
    """This one call: its target is gone, full or taken. The lane goes on without it."""
    PERSON = "person"
    """This person, if `users.info` says so too."""
    WORKSPACE = "workspace"
    """The whole workspace, if `auth.test` refuses too; otherwise only this place."""
    OURS = "ours"
    """A mistake of the bot: Slack will never accept the same call."""
    LIMIT = "limit"
    """Too many calls for now."""
    OUTCOME = "outcome"
    """Slack may have made the call or not."""
    DONE = "done"
    """Nothing to do: things are already as the call wanted them."""


_Codes = Mapping[Reach, str]

_ANY_METHOD: _Codes = {
    Reach.WORKSPACE: """accesslimited account_inactive ekm_access_denied enterprise_is_restricted
        invalid_auth not_allowed_token_type not_authed org_login_required team_access_not_granted
        token_expired token_revoked two_factor_setup_required""",
    Reach.LANE: "access_denied messages_tab_disabled missing_scope no_permission",
    Reach.CALL: "is_archived is_inactive",
    Reach.PERSON: """cannot_dm_bot cannot_dm_external cant_dm_bot user_disabled user_is_restricted
        user_is_ultra_restricted user_not_found user_not_visible users_not_found""",
    Reach.OURS: """deprecated_endpoint invalid_arg_name invalid_arguments invalid_array_arg
        invalid_charset invalid_form_data invalid_post_type method_deprecated missing_argument
        missing_post_type""",
    Reach.LIMIT: "rate_limited ratelimited",
    Reach.OUTCOME: """fatal_error internal_error request_timeout service_unavailable
        team_added_to_org""",
    Reach.DONE: """already_archived already_in_channel already_pinned already_reacted
        cant_invite_self no_reaction""",
}

_BY_METHOD: Mapping[str, _Codes] = {
    "apps.connections.open": {
        Reach.WORKSPACE: "forbidden_team",
        Reach.OURS: "insecure_request missing_args",
    },
    "auth.test": {},
    "chat.postMessage": {
        Reach.LANE: """cannot_reply_to_message channel_not_found not_in_channel restricted_action
            restricted_action_non_threadable_channel restricted_action_read_only_channel
            restricted_action_thread_locked restricted_action_thread_only_channel
            slack_connect_canvas_sharing_blocked slack_connect_file_link_sharing_blocked
            slack_connect_lists_sharing_blocked team_not_found""",
        Reach.PERSON: "method_not_supported_for_channel_type",
        Reach.OURS: """as_user_not_supported attachment_payload_limit_exceeded
            draft_already_deleted draft_already_sent draft_has_conflict draft_not_found
            duplicate_channel_not_found duplicate_message_not_found invalid_blocks
            invalid_blocks_format invalid_metadata_format invalid_metadata_schema
            markdown_text_conflict metadata_must_be_sent_from_app metadata_too_large
            missing_file_data msg_blocks_too_long msg_too_long no_text too_many_attachments
            too_many_contact_cards""",
        Reach.LIMIT: "message_limit_exceeded",
    },
    "chat.update": {
        Reach.LANE: """channel_not_found external_channel_migrating posting_to_channel_denied
            slack_connect_blocked_file_type slack_connect_canvas_sharing_blocked
            slack_connect_clip_sharing_blocked slack_connect_file_link_sharing_blocked
            slack_connect_file_upload_sharing_blocked team_not_found update_failed""",
        Reach.CALL: """cant_broadcast_message cant_update_message edit_window_closed file_deleted
            file_is_deleted file_not_found is_inactive message_not_found streaming_state_conflict
            no_dual_broadcast_content_update""",
        Reach.OURS: """as_user_not_supported block_mismatch blocked_file_type
            file_share_limit_reached invalid_attachments invalid_blocks invalid_blocks_format
            invalid_metadata_format invalid_metadata_schema markdown_text_conflict
            max_file_sharing_exceeded metadata_must_be_sent_from_app metadata_too_large
            msg_blocks_too_long msg_too_long no_text too_many_attachments unable_to_share_files""",
        Reach.LIMIT: "message_limit_exceeded",
    },
    "conversations.create": {
        Reach.LANE: "canvas_disabled_user_team cannot_create_channel restricted_action",
        Reach.CALL: "name_taken no_channel",
        Reach.OURS: """invalid_name invalid_name_maxlength invalid_name_punctuation
            invalid_name_required invalid_name_specials""",
    },
    "conversations.history": {
        Reach.LANE: "channel_is_limited_access channel_not_found not_in_channel",
        Reach.OURS: """invalid_cursor invalid_metadata_filter_keys invalid_ts_latest
            invalid_ts_oldest""",
    },
    "conversations.info": {Reach.LANE: "channel_is_limited_access channel_not_found"},
    "conversations.invite": {
        Reach.LANE: """cant_invite channel_not_found external_channel_migrating
            invitee_cant_see_channel method_not_supported_for_channel_type
            no_external_invite_permission no_user not_in_channel org_user_not_in_team
            ura_max_channels user_disabled user_is_restricted user_is_ultra_restricted
            user_not_found user_not_visible users_not_found""",
    },
    "conversations.join": {
        Reach.LANE: """channel_is_limited_access channel_not_found
            method_not_supported_for_channel_type too_many_members""",
    },
    "conversations.kick": {
        Reach.CALL: """cant_kick_from_general cant_kick_self channel_not_found
            method_not_supported_for_channel_type not_supported restricted_action""",
        Reach.DONE: "not_in_channel",
    },
    "conversations.members": {
        Reach.LANE: """channel_not_found fetch_members_failed
            method_not_supported_for_channel_type""",
        Reach.OURS: "invalid_cursor invalid_limit",
    },
    "conversations.open": {
        Reach.LANE: "channel_not_found invalid_user_combination",
        Reach.PERSON: "method_not_supported_for_channel_type",
        Reach.OURS: "not_enough_users too_many_users users_list_not_supplied",
    },
    "conversations.replies": {
        Reach.LANE: """channel_not_found method_not_supported_for_channel_type
            list_record_comment_fetch_failed""",
        Reach.CALL: "thread_not_found",
        Reach.OURS: """invalid_cursor invalid_metadata_filter_keys invalid_ts_latest
            invalid_ts_oldest""",
    },
    "pins.add": {
        Reach.LANE: """channel_not_found external_channel_migrating not_in_channel
            restricted_action""",
        Reach.CALL: "file_not_found file_not_shared message_not_found not_pinnable too_many_pins",
        Reach.OURS: "bad_timestamp no_item_specified",
    },
    "usergroups.users.list": {
        Reach.LANE: "no_such_subteam plan_upgrade_required",
        Reach.OURS: "invalid_cursor",
    },
    "users.conversations": {
        Reach.LANE: "method_not_supported_for_channel_type",
        Reach.OURS: "invalid_cursor invalid_limit invalid_types",
    },
    "users.info": {Reach.OURS: "too_many_users"},
    "users.list": {Reach.OURS: "invalid_cursor limit_required"},
    "views.open": {
        Reach.CALL: "exchanged_trigger_id expired_trigger_id invalid_trigger_id",
        Reach.OURS: "duplicate_external_id view_too_large",
    },
    "views.publish": {
        Reach.LANE: "not_enabled not_implemented",
        Reach.CALL: "hash_conflict",
        Reach.OURS: "duplicate_external_id missing_profile_id view_too_large",
    },
    "views.push": {
        Reach.CALL: """exchanged_trigger_id expired_trigger_id invalid_trigger_id not_found
            push_limit_reached""",
        Reach.OURS: "duplicate_external_id view_too_large",
    },
    "views.update": {
        Reach.CALL: "hash_conflict not_found",
        Reach.OURS: "duplicate_external_id view_too_large",
    },
}


def _each(codes: _Codes) -> Iterator[tuple[str, Reach]]:
    for about, words in codes.items():
        yield from ((code, about) for code in words.split())


REFUSALS: Mapping[str, Mapping[str, Reach]] = MappingProxyType(
    {
        method: MappingProxyType({**dict(_each(_ANY_METHOD)), **dict(_each(own))})
        for method, own in _BY_METHOD.items()
    }
)
"""Each method that the bot calls, and how far each of its error codes reaches."""
_ANYWHERE = dict(_each(_ANY_METHOD))
DEAD_TARGETS = frozenset(
    code for code, about in REFUSALS["chat.postMessage"].items() if about is Reach.PERSON
)


def about(method: str, code: str) -> Reach:
    """Return how far a refusal reaches; for an unknown code, only this place."""
    return REFUSALS.get(method, _ANYWHERE).get(code, Reach.LANE)
