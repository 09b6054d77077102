"""An incident under lock, within one transaction: its changes, its timeline, its messages."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from operator import attrgetter
from typing import Any

from bot.domain.access.rights import Deed, comes_to_belong, may, require
from bot.domain.access.visibility import Sight, by_invitation
from bot.domain.act import Act, Role
from bot.domain.channels.channel_messages import ChannelInviteArgs, NoticeArgs
from bot.domain.delivery import lanes
from bot.domain.delivery.delivery_states import Priority
from bot.domain.delivery.message_args import NO_ARGS, MessageArgs
from bot.domain.errors import IncidentClosed, NoAccess, NotYours
from bot.domain.ids import REFERENCE, new_id, reference
from bot.domain.incidents.entries import NewEntry
from bot.domain.incidents.lifecycle import OPEN
from bot.domain.incidents.timeline import Entry
from bot.domain.kinds import DeliveryKind, TimerKind, untrue_after
from bot.domain.paging.paging_entries import CameBackEntry
from bot.domain.staleness import Change
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


class LockedIncident(IncidentChanges):
    """One incident, locked, and a service's changes to it. Nothing takes effect before the commit.

    `put_down` writes the gathered rows together: an opening with three teams takes one statement
    a table, not one a row.
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
        """Whether the person acting may read the incident."""
        self._in_place = False
        self.invited = {} if invited is None else invited
        """The people in it when a person locked it, and whether each belongs; empty for the bot."""
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
        """The one lane for the incident's channel: all that happens there happens in order.

        Incidents in threads of one channel share its lane, with its second between posts.
        """
        if self.incident.room is ChannelState.THREAD and self.incident.channel_id is not None:
            return lanes.of_channel(self.incident.channel_id)
        return self.own_lane

    @property
    def own_lane(self) -> str:
        """The lane of the incident's set-up, and of its own channel."""
        return lanes.of_incident(self.id)

    def require(self, deed: Deed) -> None:
        """Raise NotPermitted unless the person acting may do this here too."""
        require(self.act, deed, belongs=self._belongs)

    def may(self, deed: Deed) -> bool:
        """Tell whether the person acting may do this here too, provided that they read it."""
        return may(self.act.role, deed, belongs=self._belongs)

    @property
    def entitled(self) -> bool:
        """Whether the person acting may let others work on it.

        They may if they read it and have the right, or if they act in the place of a person who has
        (see `in_place_of`).
        """
        return self._in_place or (self.reads and self.may(Deed.INVITE))

    def in_place_of(self, run: PagingRun) -> None:
        """Give a person who hands a page over the right of the one who asked for that page."""
        self._in_place = comes_to_belong(
            self.act.user, through=run.requested_by, entitled=run.by_entitled
        )

    def require_letting_in(self) -> None:
        """Raise MayOnlyRead if this person's word could not let in the people to be asked."""
        if by_invitation(self.incident.tier) and not self.entitled:
            raise may_only_read(self.tx, self.incident, self.invited)

    def record(self, entry: NewEntry, *, aloud: bool = False) -> int:
        """Append to the timeline; `aloud` also posts it in the incident's channel."""
        self._entries.append(entry.entry())
        self._seq += 1
        if aloud:
            self.post(DeliveryKind.NOTICE, notice_key(self.id, self._seq), NoticeArgs(self._seq))
        return self._seq

    def send(self, *messages: Outgoing) -> None:
        """Enqueue messages. A drill sends only its page, whatever else it leads to."""
        drill = self.incident.drill
        self._messages += [one for one in messages if not drill or one.kind.in_drills]

    def post(self, kind: DeliveryKind, key: str, args: MessageArgs = NO_ARGS) -> None:
        """Post something in the incident's channel, or change the channel."""
        self.send(self._to_channel(kind, key, None, args))

    def _to_channel(
        self, kind: DeliveryKind, key: str, merge_key: str | None, args: MessageArgs
    ) -> Outgoing:
        # Making the channel must not wait behind posts in a shared one.
        lane = self.own_lane if kind is DeliveryKind.CHANNEL_CREATE else self.lane
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
        """Plan due work; a drill never has any."""
        self._timers += planned if not self.incident.drill else ()

    def add(self, row: NewRow) -> None:
        """Add a row of this incident's workspace."""
        owner = {
            "team_id": self.incident.team_id,
            "enterprise_id": self.incident.enterprise_id,
        }
        self._rows.setdefault(row.table, []).append({**owner, **row.values})

    def card_changed(self) -> None:
        """Have the card edited once, however many changes come before the edit is sent."""
        self.send(self.card_change())

    def card_change(self) -> Outgoing:
        """Return the edit alone, for a caller that sends for several incidents together."""
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
        """Let a person read the incident, and invite them to its channel."""
        self._seat(user, None, belongs=False)

    def give_to(self, user: str) -> None:
        """Let in a person who gets a part of the work. They belong if the giver is entitled."""
        belongs = comes_to_belong(user, through=self.act.user, entitled=self.entitled)
        self._seat(user, None, belongs=belongs)

    def join_by_page(self, run: PagingRun) -> None:
        """Let in the person who acknowledges. They belong if the run's asker was entitled.

        Raises NoAccess if only invited people read it and no entitled person asked for this one.
        """
        user, asker = self.act.user, run.requested_by
        belongs = comes_to_belong(user, through=asker, entitled=run.by_entitled)
        if by_invitation(self.incident.tier) and user not in self.invited:
            if not belongs:
                raise NoAccess(self.reference, self.id)
            if timeline.was_in(self.tx, self.id, user):
                answers = responsible(self.tx, self.incident, self.invited)
                back = CameBackEntry(team=run.team_key, name=run.team_name, owner=answers)
                self.record(back, aloud=True)
        self._seat(user, run.team_key, belongs=belongs)

    def _seat(self, user: str, team_key: str | None, *, belongs: bool) -> None:
        now = self.act.now
        if participants.invite(self.tx, self.incident, [user], team_key, now, belongs=belongs):
            key = f"invite:{self.id}:{self._seq}:{user}"
            self.post(DeliveryKind.CHANNEL_INVITE, key, ChannelInviteArgs((user,)))
            self._answer_requests(user)

    def _answer_requests(self, user: str) -> None:
        """Settle all open requests about a person, whichever way they were let in."""
        of_themselves = user == self.act.user
        if of_themselves and not by_invitation(self.incident.tier):
            # All with a role read it. Only other people can let in a person without one.
            return
        now, by = self.act.now, None if self.act.by_the_bot else self.act.user
        if requests.settle_all(self.tx, self.id, user, RequestState.GRANTED, now, by):
            told = posted.of_subjects(self.tx, [self.id], untrue_after(Change.ACCESS))
            self.send(*(posted.edit(one, self.incident.team_id, now) for one in told))

    def expect_update(self) -> None:
        """Restart the time to the next status update."""
        if not self._new:
            timers.cancel(self.tx, TimerKind.UPDATE_DUE, self.id)
        if self.incident.state not in OPEN:
            self.set_update_due(None)
            return
        due = self.act.now + timedelta(seconds=self.incident.update_every)
        self.set_update_due(due)
        self.plan(NewTimer(TimerKind.UPDATE_DUE, self.id, due.isoformat(), due, self.id))

    def put_down(self) -> None:
        """Write what was gathered, and store the outcome under the request's key."""
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
        # Last: writes that still wait go to the database together with it.
        self._enqueue()

    def _enqueue(self) -> None:
        """Enqueue the messages, pages first: the timeline's order is not the order of sending."""
        messages = sorted(self._messages, key=attrgetter("priority"))
        outbox.enqueue(self.tx, self.act.workspace, self.act.now, messages)

    def _put_new(self) -> None:
        """Write a new incident. The number comes late: other openings wait for its commit."""
        number = incident_rows.next_number(self.tx, self.act.workspace)
        incident_rows.add_numbered(self.tx, self.incident, number)
        idempotency.set_outcome(self.tx, self.act, number.behind(REFERENCE))
        self._enqueue()
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
    """Lock an incident for a deed.

    Raises NotYours, NoAccess, NotPermitted, MayOnlyRead or IncidentClosed.
    A person who belongs to the incident may do there what a responder may. Being let in to read is
    not belonging.
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
