"""Names of buttons, forms and shortcuts: render puts them into messages, handlers answer them.

A button's value is an id and nothing else, or the text that its reader typed a moment ago (ADR 23).
The bot checks the reader's rights when they press the button.
"""

from enum import StrEnum

COMMAND = "/escalate"


class Button(StrEnum):
    # On a page. Value: page id.
    ACKNOWLEDGE = "page_acknowledge"
    CANNOT_TAKE = "page_cannot_take"
    HAND_OVER = "page_hand_over"
    OPEN_CHANNEL = "open_channel"
    # On the card and in answers. Value: incident id; on a request for access: request id.
    STEP_IN = "incident_acknowledge"
    TAKE_OWNERSHIP = "incident_take_ownership"
    UPDATE_STATUS = "incident_update_status"
    CHANGE_SEVERITY = "incident_change_severity"
    EDIT_DETAILS = "incident_edit_details"
    PAGE_TEAM = "incident_page_team"
    ADD_TASK = "incident_add_task"
    RECORD_DECISION = "incident_record_decision"
    RESOLVE = "incident_resolve"
    CLOSE = "incident_close"
    REOPEN = "incident_reopen"
    TIMELINE = "incident_timeline"
    SHOW = "incident_show"
    POST_UPDATE = "incident_post_update"
    REQUEST_ACCESS = "incident_request_access"
    GRANT_ACCESS = "access_grant"
    REFUSE_ACCESS = "access_refuse"
    KEEP_ADDED = "access_keep"
    REMOVE_ADDED = "access_remove"
    # In the answer to STEP_IN when several teams wait. Value: run id.
    STEP_IN_FOR = "run_acknowledge"
    # On the update reminder. Value: incident id. Value of an overflow option: snooze, incident id.
    UPDATE_SNOOZE = "update_snooze"
    UPDATE_STOP = "update_stop"
    # On a reminder or a task. Value: reminder id or task id.
    REMINDER_DONE = "reminder_done"
    REMINDER_SNOOZE = "reminder_snooze"
    REMINDER_STOP = "reminder_stop"
    # On a reminder that is not due yet, in answers and on the home tab. Value: reminder id.
    REMINDER_CHANGE = "reminder_change"
    REMINDER_CANCEL = "reminder_cancel"
    TASK_DONE = "task_done"
    TASK_SNOOZE = "task_snooze"
    TASK_HAND_OVER = "task_hand_over"
    # Anywhere.
    OPEN_FORM = "open_form"
    # On the answer to a command that the bot did not understand. Value: the text as typed.
    OPEN_TYPED = "open_typed"
    OPEN_AS = "open_as"
    HOME_REFRESH = "home_refresh"


class Form(StrEnum):
    """The callback_id of each modal. private_metadata carries one id (incident, page or task)."""

    OPEN = "form_open"
    OPENED = "form_opened"
    STATUS = "form_status"
    SEVERITY = "form_severity"
    RAISE = "form_raise"
    PAGE = "form_page"
    TASK = "form_task"
    DECISION = "form_decision"
    RESOLVE = "form_resolve"
    REOPEN = "form_reopen"
    EDIT = "form_edit"
    CANNOT_TAKE = "form_cannot_take"
    REFUSE_ACCESS = "form_refuse_access"
    HAND_OVER = "form_hand_over"
    TASK_HAND_OVER = "form_task_hand_over"
    REMINDER = "form_reminder"
    TIMELINE = "form_timeline"
    SHOW = "form_show"
    MESSAGE = "form_message"


class Field(StrEnum):
    """The block_id and action_id of each form input."""

    TITLE = "title"
    CATEGORY = "category"
    SURFACE = "surface"
    MARKET = "market"
    SEVERITY = "severity"
    CRITERIA = "criteria"
    SOURCE = "source"
    REFERENCES = "references"
    TEAMS = "teams"
    NEEDS = "needs"
    AFFECTED = "affected"
    TIER = "tier"
    STATE = "state"
    NOTE = "note"
    TEAM = "team"
    PERSON = "person"
    WHY = "why"
    TEXT = "text"
    DUE = "due"
    ACTIONS = "actions"
    SCOPE = "scope"
    CLAUSE = "clause"
    POLICY_VERSION = "policy_version"
    RATIONALE = "rationale"
    DISSENT = "dissent"
    APPROVERS = "approvers"
    PRECEDENT = "precedent"
    ROOT_CAUSE = "root_cause"
    FOLLOW_UPS = "follow_ups"
    OWNER = "owner"
    SUMMARY = "summary"


IN_THE_LIST = "list"
"""Suffix of a button's value in a list that the bot redraws when the button is pressed."""

LONGEST_TITLE = 300
"""Most characters in a title, the same in every form and in the record."""

LONGEST_NEEDS = 1_000
"""Most characters in the text that says what paged people are needed for."""

LONGEST_VERSION = 80
"""Most characters in a policy version, the same in the form and in the record."""


class Shortcut(StrEnum):
    ESCALATE_MESSAGE = "escalate_message"
    OPEN_FORM = "escalate"
