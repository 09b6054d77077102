"""An incident under lock, within one transaction: its changes, its timeline, its messages."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from bot.domain.access.rights import Deed, comes_to_belong, may, require
from bot.domain.access.visibility import Sight, by_invitation
from bot.domain.act import Act, Role
from bot.domain.channels.channel_messages import NoticeArgs, RoomInviteArgs
from bot.domain.delivery import lanes
from bot.domain.delivery.delivery_states import Priority
from bot.domain.delivery.message_args import NO_ARGS, MessageArgs
from bot.domain.errors import IncidentClosed, NoAccess, NotYours
from bot.domain.ids import REFERENCE, new_id, reference
from bot.domain.incidents.lifecycle import OPEN
from bot.domain.incidents.timeline import Entry, EntryKind
from bot.domain.kinds import DeliveryKind, TimerKind
from bot.domain.staleness import Change, untrue_after
from bot.services.access.belonging import (
    belongs_to,
    may_only_read,
    require_in,
    responsible,
    sight_of,
)
from bot.services.addressing import notice_key, personal
from bot.store import idempotency
from bot.store.access import participants, requests
from bot.store.delivery import outbox, posted
from bot.store.delivery.outbox import Outgoing
from bot.store.duework import timers
from bot.store.duework.timers import NewTimer
from bot.store.incidents import incident_rows, timeline
from bot.store.incidents.incident_changes import IncidentChanges
from bot.store.tables import Incident, PagingRun
from bot.store.tables.states import ChannelState, RequestState
from bot.store.transaction import NewRow, Table, Transaction

OF_A_DRILL = frozenset({DeliveryKind.CANARY, DeliveryKind.CANARY_UPDATE})


class LockedIncident(IncidentChanges):
    """What a service does to one incident. Nothing of it stands before the commit.

    Rows are gathered and written together when the case is put down: an opening with three teams
    takes one statement a table, not one a row.
    """

    def __init__(
        self,
        tx: Transaction,
        act: Act,
        incident: Incident,
        *,
        belongs: bool = False,
        reads: bool = True,
        invited: Mapping[str, bool] | None = None,
        new: bool = False,
    ) -> None:
        super().__init__(incident)
        self.tx = tx
        self._new = new
        self._belongs = belongs
        self.reads = reads
        """Whether whoever acts may read the incident."""
        self._in_place = False
        self.invited = {} if invited is None else invited
        """Who was in it when a person took this up, and who belongs; the bot does not ask."""
        self.act = act
        self._seq = incident.entries
        self._entries: list[Entry] = []
        self._rows: dict[Table, list[Mapping[str, Any]]] = {}
        self._messages: list[Outgoing] = []
        self._timers: list[NewTimer] = []

    @property
    def id(self) -> str:
        return self.incident.id

    @property
    def reference(self) -> str:
        return reference(self.incident.number)

    @property
    def lane(self) -> str:
        """All that happens in an incident's channel happens in order, in one lane.

        Those that live as threads of one channel share its lane, and its second between posts.
        """
        if self.incident.room is ChannelState.THREAD and self.incident.channel_id is not None:
            return lanes.of_channel(self.incident.channel_id)
        return self.own_lane

    @property
    def own_lane(self) -> str:
        """The lane of an incident's set-up, and of the channel of its own."""
        return lanes.of_incident(self.id)

    def require(self, deed: Deed) -> None:
        """Raise NotPermitted unless whoever acts may do this here too."""
        require(self.act, deed, belongs=self._belongs)

    def may(self, deed: Deed) -> bool:
        """Whether whoever acts may do this here too, where they read it."""
        return may(self.act.role, deed, belongs=self._belongs)

    @property
    def entitled(self) -> bool:
        """Whether whoever acts may let others work on it: never what they may not read."""
        return self._in_place or (self.reads and self.may(Deed.INVITE))

    def in_place_of(self, run: PagingRun) -> None:
        """Whoever hands a page over asks for another one as it was asked of them."""
        self._in_place = comes_to_belong(
            self.act.user, through=run.requested_by, entitled=run.by_entitled
        )

    def require_letting_in(self) -> None:
        """Raise MayOnlyRead where those who are asked could not be let in on this person's word."""
        if by_invitation(self.incident.tier) and not self.entitled:
            raise may_only_read(self.tx, self.incident, self.invited)

    def record(self, kind: EntryKind, *, aloud: bool = False, **data: Any) -> int:
        """Append to the timeline; `aloud` also says it in the incident's channel."""
        self._entries.append(Entry(kind, data))
        self._seq += 1
        if aloud:
            self.post(DeliveryKind.NOTICE, notice_key(self.id, self._seq), NoticeArgs(self._seq))
        return self._seq

    def send(self, *messages: Outgoing) -> None:
        """Enqueue messages. A drill says nothing but its page, whatever else its case leads to."""
        drill = self.incident.drill
        self._messages += [one for one in messages if not drill or one.kind in OF_A_DRILL]

    def post(self, kind: DeliveryKind, key: str, args: MessageArgs = NO_ARGS) -> None:
        """Say something in the incident's channel, or do something to the channel."""
        self.send(self._to_channel(kind, key, None, args))

    def _to_channel(
        self, kind: DeliveryKind, key: str, merge_key: str | None, args: MessageArgs
    ) -> Outgoing:
        # Making the channel waits for nothing that is said in a shared one.
        lane = self.own_lane if kind is DeliveryKind.ROOM_CREATE else self.lane
        return Outgoing(
            kind=kind,
            priority=Priority.NOTICE,
            lane=lane,
            subject=self.id,
            incident_id=self.id,
            dedup_key=key[:160],
            merge_key=merge_key,
            args=args,
        )

    def plan(self, *planned: NewTimer) -> None:
        """Plan due work; nothing ever becomes due in a drill."""
        self._timers += planned if not self.incident.drill else ()

    def add(self, row: NewRow) -> None:
        """Add a row of this incident's workspace."""
        owner = {
            "team_id": self.incident.team_id,
            "enterprise_id": self.incident.enterprise_id,
        }
        self._rows.setdefault(row.table, []).append({**owner, **row.values})

    def card_changed(self) -> None:
        """Have the card edited once, however many changes come before it is sent."""
        self.send(self.card_change())

    def card_change(self) -> Outgoing:
        """The edit alone, for who sends for several incidents together."""
        about = f"card:{self.id}"
        key = f"{about}:{new_id(self.act.now)}"
        return self._to_channel(DeliveryKind.CARD_UPDATE, key, about, NO_ARGS)

    def tell(
        self,
        kind: DeliveryKind,
        user: str,
        subject: str,
        key: str,
        merge_key: str | None = None,
        args: MessageArgs = NO_ARGS,
    ) -> None:
        """Send a personal message that needs no acknowledgement."""
        self.send(
            personal(kind, user, subject, key, incident_id=self.id, merge_key=merge_key, args=args)
        )

    def let_in(self, user: str) -> None:
        """Let somebody read the incident, and bring them into its channel."""
        self._seat(user, None, belongs=False)

    def give_to(self, user: str) -> None:
        """Let in somebody who is given a part of the work: they belong to it."""
        belongs = comes_to_belong(user, through=self.act.user, entitled=self.entitled)
        self._seat(user, None, belongs=belongs)

    def join_by_page(self, run: PagingRun) -> None:
        """Let in whoever acknowledges: they belong to it by whom they were paged through.

        Raises NoAccess where only the invited read it, and no one who may invite asked for them.
        """
        user, asker = self.act.user, run.requested_by
        belongs = comes_to_belong(user, through=asker, entitled=run.by_entitled)
        if by_invitation(self.incident.tier) and user not in self.invited:
            if not belongs:
                raise NoAccess(self.reference, self.id)
            if timeline.was_in(self.tx, self.id, user):
                answers = responsible(self.tx, self.incident, self.invited)
                self.record(
                    EntryKind.CAME_BACK,
                    aloud=True,
                    team=run.team_key,
                    name=run.team_name,
                    owner=answers,
                )
        self._seat(user, run.team_key, belongs=belongs)

    def _seat(self, user: str, team_key: str | None, *, belongs: bool) -> None:
        now = self.act.now
        if participants.invite(self.tx, self.incident, [user], team_key, now, belongs=belongs):
            key = f"invite:{self.id}:{self._seq}:{user}"
            self.post(DeliveryKind.ROOM_INVITE, key, RoomInviteArgs((user,)))
            self._answer_requests(user)

    def _answer_requests(self, user: str) -> None:
        """Whichever way lets a person in answers all that waited for an answer about them."""
        of_themselves = user == self.act.user
        if of_themselves and not by_invitation(self.incident.tier):
            # Where everyone with a role reads, those without one come in by others alone.
            return
        now, by = self.act.now, None if self.act.by_the_bot else self.act.user
        if requests.settle_all(self.tx, self.id, user, RequestState.GRANTED, now, by):
            told = posted.of_subjects(self.tx, [self.id], untrue_after(Change.ACCESS))
            self.send(*(posted.edit(one, self.incident.team_id, now) for one in told))

    def expect_update(self) -> None:
        """Start the time to the next status update anew."""
        if not self._new:
            timers.cancel(self.tx, TimerKind.UPDATE_DUE, self.id)
        if self.incident.state not in OPEN:
            self.set_update_due(None)
            return
        due = self.act.now + timedelta(seconds=self.incident.update_every)
        self.set_update_due(due)
        self.plan(NewTimer(TimerKind.UPDATE_DUE, self.id, due.isoformat(), due, self.id))

    def put_down(self) -> None:
        """Write what was gathered, and remember the outcome under the request's key."""
        for table, rows in self._rows.items():
            self.tx.insert(table, *rows)
        if self._entries:
            head, seq = timeline.append(
                self.tx, self.incident, self.act.now, self.act.user, self._entries
            )
            self._seal(head, seq, self.act.now)
        timers.plan(self.tx, self.act.workspace, self.act.now, self._timers)
        if self._new and not self.incident.drill:
            self._put_new()
            return
        if self._new:
            incident_rows.add(self.tx, self.incident)
        elif self._changed:
            incident_rows.change(self.tx, self.id, self._changed)
        idempotency.set_outcome(self.tx, self.act, self.reference)
        # Last: what else is to be put goes to the database together with it.
        outbox.enqueue(self.tx, self.act.workspace, self.act.now, self._messages)

    def _put_new(self) -> None:
        """Late: whoever opens another incident at this moment waits for our number's commit."""
        number = incident_rows.next_number(self.tx, self.act.workspace)
        incident_rows.add_numbered(self.tx, self.incident, number)
        idempotency.set_outcome(self.tx, self.act, number.behind(REFERENCE))
        outbox.enqueue(self.tx, self.act.workspace, self.act.now, self._messages)
        self.tx.put_waiting()
        self.incident.number = number.value


@contextmanager
def lock_incident(
    tx: Transaction,
    act: Act,
    incident_id: str,
    deed: Deed,
    *,
    ended_too: bool = False,
    uninvited_too: bool = False,
) -> Iterator[LockedIncident]:
    """Lock an incident for a deed, or say why not: no such one, no access, no right, ended.

    Whoever belongs to it, owns or opened it may do there what a responder may. To have been let in
    to read is not to belong.
    """
    incident = incident_rows.lock(tx, incident_id)
    if incident is None or incident.team_id != act.workspace.team_id:
        raise NotYours
    belongs, reads, seats = False, True, dict[str, bool]()
    if not act.by_the_bot:
        seats = participants.seats(tx, incident.id)
        seen = sight_of(incident, act.user, act.role, seats, kept_out=act.kept_out)
        if act.role is Role.NOBODY or seen is Sight.NOTHING:
            require(act, Deed.READ)
        reads = seen is Sight.FULL
        if not reads and not uninvited_too:
            raise NoAccess(reference(incident.number), incident.id)
        belongs = belongs_to(incident, seats, act.user)
        require_in(tx, act, incident, deed, seats)
    if incident.state not in OPEN and not ended_too:
        raise IncidentClosed(reference(incident.number), incident.state)
    locked = LockedIncident(tx, act, incident, belongs=belongs, reads=reads, invited=seats)
    yield locked
    locked.put_down()
