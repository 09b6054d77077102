"""The fields of the forms. Labels, hints and placeholders come from `fields.j2`.

An action_id is always the Field, and a block_id begins with it. Slack keeps the state of an input
whose ids are unchanged, and ignores its initial value. When Slack must forget a choice (the
proposed teams after the category changes), the block_id goes on with `:` and the earlier choices.
"""

from collections.abc import Iterable, Mapping, Sequence

from slack_sdk.models.blocks import (
    CheckboxesElement,
    InputBlock,
    InputInteractiveElement,
    Option,
    OptionGroup,
    PlainTextInputElement,
    PlainTextObject,
    RadioButtonsElement,
    StaticMultiSelectElement,
    StaticSelectElement,
    UserMultiSelectElement,
    UserSelectElement,
)

from bot.domain.controls import Field
from bot.render.blocks import Block
from bot.render.text import sizes
from bot.render.text.mrkdwn import bare, cut
from bot.render.wording import Wording


def _text(text: str, limit: int) -> PlainTextObject:
    return PlainTextObject(text=cut(bare(text), limit), emoji=True)


def field_of(block_id: str) -> str:
    """The Field that a block_id stands for."""
    return block_id.split(":", 1)[0]


def since_of(block_id: str) -> str:
    """The earlier choices that an input was drawn with (see `labelled`)."""
    return block_id.partition(":")[2]


def option(label: str, value: str, description: str = "") -> Option:
    return Option(
        text=_text(label, sizes.OPTION),
        value=value,
        description=_text(description, sizes.OPTION) if description else None,
    )


def options(labels: Mapping[str, str]) -> list[Option]:
    """One option for each of the policy's keys, in its order. A select holds a hundred."""
    return [option(label, key) for key, label in [*labels.items()][: sizes.OPTIONS]]


def group(label: str, members: Sequence[Option]) -> OptionGroup:
    return OptionGroup(label=_text(label, sizes.OPTION), options=[*members])


def labelled(
    wording: Wording,
    field: Field,
    element: InputInteractiveElement,
    *,
    label: str = "",
    hint: str = "",
    optional: bool = False,
    dispatch: bool = False,
    since: str = "",
) -> Block:
    """Put label and hint around an element. `label` and `hint` name other blocks of `fields.j2`.

    `since`: the earlier choices, which become part of the block_id.
    """
    words = label or field.value
    told = hint or f"{words}_hint"
    has_hint = wording.words.has("fields", told)
    built: Block = InputBlock(
        block_id=f"{field.value}:{since}" if since else field.value,
        label=_text(wording.plain("fields", words), sizes.LABEL),
        hint=_text(wording.plain("fields", told), sizes.LABEL) if has_hint else None,
        element=element,
        optional=optional,
        dispatch_action=dispatch,
    ).to_dict()
    return built


def typed(
    wording: Wording,
    field: Field,
    *,
    initial: str = "",
    longest: int = sizes.TYPED,
    multiline: bool = False,
) -> PlainTextInputElement:
    return PlainTextInputElement(
        action_id=field.value,
        initial_value=cut(initial, longest) or None,
        max_length=longest,
        multiline=multiline,
        placeholder=_placeholder(wording, field),
    )


def choice(
    wording: Wording, field: Field, offered: Sequence[Option], initial: str | None = None
) -> StaticSelectElement:
    return StaticSelectElement(
        action_id=field.value,
        options=[*offered],
        initial_option=_chosen(offered, [initial] if initial else [])[0] if initial else None,
        placeholder=_placeholder(wording, field),
    )


def choices(
    wording: Wording, field: Field, offered: Sequence[Option], initial: Iterable[str] = ()
) -> StaticMultiSelectElement:
    return StaticMultiSelectElement(
        action_id=field.value,
        options=[*offered],
        initial_options=[known for known in _chosen(offered, initial) if known] or None,
        placeholder=_placeholder(wording, field),
    )


def grouped_choices(
    wording: Wording, field: Field, groups: Sequence[OptionGroup], initial: Iterable[str] = ()
) -> StaticMultiSelectElement:
    offered = [item for each in groups for item in each.options or ()]
    return StaticMultiSelectElement(
        action_id=field.value,
        option_groups=[*groups],
        initial_options=[known for known in _chosen(offered, initial) if known] or None,
        placeholder=_placeholder(wording, field),
    )


def one_of_few(field: Field, offered: Sequence[Option], initial: str) -> RadioButtonsElement:
    return RadioButtonsElement(
        action_id=field.value,
        options=[*offered],
        initial_option=_chosen(offered, [initial])[0],
    )


def ticks(
    field: Field, offered: Sequence[Option], initial: Iterable[str] = ()
) -> CheckboxesElement:
    few = [*offered][: sizes.CHECKBOXES]
    return CheckboxesElement(
        action_id=field.value,
        options=few,
        initial_options=[known for known in _chosen(few, initial) if known] or None,
    )


def a_person(wording: Wording, field: Field, initial: str | None = None) -> UserSelectElement:
    return UserSelectElement(
        action_id=field.value, initial_user=initial, placeholder=_placeholder(wording, field)
    )


def some_people(wording: Wording, field: Field) -> UserMultiSelectElement:
    return UserMultiSelectElement(action_id=field.value, placeholder=_placeholder(wording, field))


def _chosen(offered: Sequence[Option], values: Iterable[str]) -> list[Option | None]:
    by_value = {item.value: item for item in offered}
    return [by_value.get(value) for value in values]


def _placeholder(wording: Wording, field: Field) -> PlainTextObject | None:
    block = f"{field.value}_placeholder"
    if not wording.words.has("fields", block):
        return None
    return _text(wording.plain("fields", block), sizes.PLACEHOLDER)
