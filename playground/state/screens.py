"""The views on each person's screen: a stack of at most three modals, and the home tab."""

from __future__ import annotations

import secrets
from typing import Literal

from playground.state import elements
from playground.state.records import Json, View
from playground.state.workspace import Workspace
from playground.web.refusal import Refusal
from slack_rules.limits import VIEW_STACK


class Screens:
    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        # Slack never reuses a view's id, and an app may rely on that across restarts.
        self._run = secrets.token_hex(3).upper()

    def open(self, user: str, payload: Json) -> View:
        """Open a new root modal. It replaces whatever was open on that screen."""
        self._unique_external_id(payload)
        view = self._new(user, payload, "modal")
        self.workspace.view_stacks[user] = [view]
        self.workspace.tell("view", people=[user])
        return view

    def push(self, user: str, payload: Json) -> View:
        stack = self.workspace.view_stacks[user]
        if not stack:
            raise Refusal("not_found")
        if len(stack) >= VIEW_STACK:
            raise Refusal("push_limit_reached")
        self._unique_external_id(payload)
        view = self._new(user, payload, "modal")
        view.root_view_id = stack[0].id
        view.previous_view_id = stack[-1].id
        stack.append(view)
        self.workspace.tell("view", people=[user])
        return view

    def update(self, view: View, payload: Json, seen_hash: str | None = None) -> View:
        """Update a view. `seen_hash` guards against overwriting a change the app has not seen."""
        if seen_hash and seen_hash != view.hash:
            raise Refusal("hash_conflict")
        self._unique_external_id(payload, but=view)
        named = {**payload, "blocks": elements.with_ids(payload["blocks"], self._id)}
        view.state = elements.carried_over(named["blocks"], view.state)
        view.payload = named
        view.errors, view.failure = {}, None
        view.hash = self._hash()
        kind: Literal["home", "view"] = "home" if view.type == "home" else "view"
        self.workspace.tell(kind, people=[view.user])
        return view

    def publish(self, user: str, payload: Json, seen_hash: str | None = None) -> View:
        current = self.workspace.home_views.get(user)
        if current is not None:
            return self.update(current, payload, seen_hash)
        self._unique_external_id(payload)
        view = self._new(user, payload, "home")
        self.workspace.home_views[user] = view
        self.workspace.tell("home", people=[user])
        return view

    def by_external_id(self, external_id: str) -> View | None:
        return next((view for view in self._all() if view.external_id == external_id), None)

    def find(self, user: str, view_id: str) -> View | None:
        home = self.workspace.home_views.get(user)
        if home is not None and home.id == view_id:
            return home
        return next((v for v in self.workspace.view_stacks[user] if v.id == view_id), None)

    def close(self, view: View) -> None:
        """Close a view and everything on top of it."""
        stack = self.workspace.view_stacks[view.user]
        if view in stack:
            del stack[stack.index(view) :]
        self.workspace.tell("view", people=[view.user])

    def clear(self, user: str) -> None:
        self.workspace.view_stacks[user] = []
        self.workspace.tell("view", people=[user])

    def show_errors(self, view: View, errors: dict[str, str]) -> None:
        view.errors, view.failure = dict(errors), None
        view.times_refused += 1
        self.workspace.tell("view", people=[view.user])

    def show_failure(self, view: View, code: str) -> None:
        view.failure = code
        view.times_refused += 1
        self.workspace.tell("view", people=[view.user])

    def _new(self, user: str, payload: Json, kind: Literal["modal", "home"]) -> View:
        named = {**payload, "blocks": elements.with_ids(payload["blocks"], self._id)}
        view_id = f"V{self._run}{self.workspace.next_number('view'):06d}"
        return View(
            id=view_id,
            user=user,
            type=kind,
            payload=named,
            hash=self._hash(),
            root_view_id=view_id,
            state=elements.initial_state(named["blocks"]),
        )

    def _hash(self) -> str:
        number = self.workspace.next_number("hash")
        return f"{int(self.workspace.clock.now())}.{number:08x}"

    def _id(self) -> str:
        return f"b{self.workspace.next_number('block'):06x}"

    def _all(self) -> list[View]:
        stacked = [view for stack in self.workspace.view_stacks.values() for view in stack]
        return stacked + list(self.workspace.home_views.values())

    def _unique_external_id(self, payload: Json, but: View | None = None) -> None:
        wanted = payload.get("external_id")
        if wanted and any(view.external_id == wanted and view is not but for view in self._all()):
            raise Refusal("duplicate_external_id")
