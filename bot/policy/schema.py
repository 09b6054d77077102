"""The shape of the policy file: its tables and keys, and the values that each may hold.

The schema checks each value alone. `cross_references` checks whether a name exists elsewhere in the
file.
"""

from datetime import time, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.policy.values import (
    ChannelId,
    ChannelPrefix,
    ClockTime,
    DsaCategory,
    Duration,
    Key,
    Labels,
    MemberId,
    Mention,
    PersonName,
    RoleHolder,
    Sentence,
    SeverityKey,
    StepTarget,
    Text,
    WayText,
    Weekday,
    Zone,
    one_or_several,
)

DEFAULT_CATEGORY = "other"
"""The `default_category` of a policy that does not set it."""


class Section(BaseModel):
    """A table of the file. It allows no unknown key and converts nothing silently."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True
    )


class SeveritySection(Section):
    name: Text
    ack_within: Duration
    decide_within: Duration
    update_every: Duration
    criteria: Labels


class CategorySection(Section):
    label: Text
    dsa: DsaCategory
    teams: dict[SeverityKey, list[Key]]
    tier: Literal["standard", "restricted"] = "standard"
    references_only: bool = False
    least_severity: SeverityKey | None = None


class StepSection(Section):
    who: Annotated[list[StepTarget], BeforeValidator(one_or_several), Field(min_length=1)]
    wait: Duration


class LadderSection(Section):
    steps: Annotated[list[StepSection], Field(min_length=1)]
    rounds: Annotated[int, Field(ge=1, le=10)] = 1


class TeamSection(Section):
    name: Text
    on_call: Annotated[list[Mention], Field(min_length=1)]
    members: list[Mention] = []
    aliases: list[Text] = []
    ladder: dict[SeverityKey, LadderSection] = {}


class ChannelSection(Section):
    private: bool = True
    prefix: ChannelPrefix = "esc"
    fallback: ChannelId | None = None


class DigestSection(Section):
    key: Key
    name: Text
    weekday: Weekday
    at: ClockTime
    zone: Zone
    channels: list[ChannelId] = []
    people: list[Mention] = []
    teams: list[Key] = []


class RolesSection(Section):
    admin: Annotated[list[RoleHolder], Field(min_length=1)]
    manager: list[RoleHolder] = []
    responder: list[RoleHolder] = []
    member: list[RoleHolder] = []
    viewer: list[RoleHolder] = []
    everyone: Literal["viewer", "member", "responder"] | None = None
    emergency: Sentence = ""


class OnDutySection(Section):
    managers: Annotated[list[Mention], Field(min_length=1)]
    operations: Annotated[list[Mention], Field(min_length=1)]


class FollowUpSection(Section):
    days_after_resolution: list[Annotated[int, Field(ge=1, le=365)]] = [1, 7, 30]
    task_lead: Duration = timedelta(hours=1)


class WorkingHoursSection(Section):
    start: ClockTime = time(9, 0)
    end: ClockTime = time(18, 0)


class FallbackSection(Section):
    after: dict[SeverityKey, Duration] = {}
    people: dict[PersonName, Annotated[list[WayText], Field(min_length=1, max_length=5)]] = {}


class PolicyFile(Section):
    """The whole file. The field names are the table names that people write."""

    time_zone: Zone
    default_category: Key = DEFAULT_CATEGORY
    working_hours: WorkingHoursSection = WorkingHoursSection()
    people: Annotated[dict[PersonName, MemberId], Field(min_length=1)]
    on_duty: OnDutySection
    roles: RolesSection
    channel: ChannelSection = ChannelSection()
    follow_up: FollowUpSection = FollowUpSection()
    fallback: FallbackSection = FallbackSection()
    severity: dict[SeverityKey, SeveritySection]
    ladder: dict[SeverityKey, LadderSection]
    team: Annotated[dict[Key, TeamSection], Field(min_length=1, max_length=100)]
    category: Annotated[dict[Key, CategorySection], Field(min_length=1, max_length=100)]
    surface: Labels
    market: Labels
    source: Labels
    affected: Labels
    action: Labels
    root_cause: Labels
    precedent: Labels
    digest: list[DigestSection] = []
