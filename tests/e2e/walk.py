"""The main job from end to end in the browser, with a picture of each step."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from playwright.async_api import Page, expect

from tests.e2e.scene import Scene
from tests.e2e.stack import Stack

TITLE = "Pile-on against a streamer after a charity match"
UPDATE = "Duet chain of the first clip is down. Next: whether the sound goes too."
RATIONALE = "Coordinated, and aimed at a private person. Reach falls as soon as the sound is muted."


class Walk(Scene):
    """The main job. `reference` names its incident."""

    def __init__(self, page: Page, stack: Stack, pictures: Path) -> None:
        super().__init__(page, stack, pictures)
        self.reference = ""

    async def main_job(self) -> None:
        """Open, page, acknowledge, wait, own, update, decide, resolve, digest."""
        await self.opens_through_the_form()
        await self.three_teams_are_paged()
        await self.legal_and_public_policy_acknowledge()
        await self.nobody_at_pr_does()
        await self.mei_takes_ownership()
        await self.an_update_is_posted()
        await self.a_decision_is_recorded()
        await self.it_is_resolved()
        await self.the_digest_is_shown()
        self.every_page_went_out_once()

    async def opens_through_the_form(self) -> None:
        client = self.client
        await client.become("mei", "escalations")
        await client.type("/escalate")
        await client.modal().wait_for()
        await self.picture("the-empty-form")
        await client.fill_modal({"Title": TITLE, "Category": "Bullying and targeted harassment"})
        await client.fill_modal({"Severity": "P1 · High"})
        await expect(client.modal()).to_contain_text("Who is paged when you send this")
        await expect(client.modal()).to_contain_text("Global Response")
        await self.picture("the-policy-proposes-teams")
        await client.fill_modal({"Teams to page": ["Legal", "PR", "Public Policy"]})
        preview = client.modal().locator(".block-section").filter(has_text="Who is paged")
        await expect(preview).to_contain_text("Arjun Mehta")
        await expect(preview).not_to_contain_text("Aisha Rahman")
        await preview.scroll_into_view_if_needed()
        await self.picture("who-will-be-paged")
        await client.fill_modal(
            {"Surface": "Duet or stitch", "Market": "Singapore", "Source": "Media inquiry"}
        )
        await client.submit()
        await expect(client.modal()).to_contain_text("is open as P1")
        self.reference = await self._reference()
        await self.picture("opened")
        await client.cancel()
        await client.modal_gone()

    async def three_teams_are_paged(self) -> None:
        client = self.client
        await client.switch_to("Priya Nair")
        await client.go_to_app()
        await client.wait_for_text(f"{self.reference} · Legal is needed", within="#message-list")
        await self.picture("priya-is-paged")
        for person, team in (("sofia", "PR"), ("arjun", "Public Policy")):
            await self.becomes(person)
            await client.wait_for_text(f"{self.reference} · {team} is needed", within="#main")

    async def legal_and_public_policy_acknowledge(self) -> None:
        client = self.client
        for person, name in (("arjun", "Arjun Mehta"), ("priya", "Priya Nair")):
            await self.becomes(person)
            await client.click_button("Acknowledge", within=self.reference)
            await client.wait_for_text("You acknowledged", within="#message-list")
            assert name in await self._person_shown()
        await self.picture("legal-acknowledges")
        await client.become("mei", "escalations")
        await self.goes_to_room(self.reference)
        await expect(self.card()).to_contain_text("Priya Nair acknowledged")
        await expect(self.card()).to_contain_text("Arjun Mehta acknowledged")
        await self.picture("the-card-shows-who-answered")

    async def nobody_at_pr_does(self) -> None:
        """PR does not answer in 15 minutes. Then its backup is paged, and no person twice."""
        client = self.client
        for _ in range(3):
            await client.fast_forward("5m")
        await self.page.wait_for_function(
            "() => /overdue since/.test(document.querySelector('#message-list').innerText)"
        )
        await self.picture("pr-is-overdue")
        await self.becomes("daniel")
        await client.wait_for_text(f"{self.reference} · PR is needed", within="#main")
        await client.wait_for_text("You are the backup", within="#message-list")
        await self.picture("the-backup-is-paged")
        assert self.paged_for(self.reference) == ["arjun", "daniel", "priya", "sofia"]

    async def mei_takes_ownership(self) -> None:
        client = self.client
        await client.become("mei", "escalations")
        await self.goes_to_room(self.reference)
        await self.card().locator('[data-action-id="incident_take_ownership"]').click()
        await client.wait_for_text("@Mei Tan now owns", within="#message-list")
        await expect(self.card()).to_contain_text(re.compile(r"Owner\s*@Mei Tan"))
        await self.picture("mei-owns-it")

    async def an_update_is_posted(self) -> None:
        client = self.client
        await self.card().locator('[data-action-id="incident_update_status"]').click()
        await client.fill_modal({"State": "investigating", "Update": UPDATE})
        await self.picture("the-update-form")
        await self.sends_the_form()
        await client.wait_for_text(UPDATE, within="#message-list")
        await expect(self.card()).to_contain_text("investigating")
        await self.picture("the-update-is-posted")

    async def a_decision_is_recorded(self) -> None:
        client = self.client
        await self.card().locator('[data-action-id="incident_record_decision"]').click()
        await client.fill_modal(
            {
                "Actions": ["Reduce reach", "Warn"],
                "Policy clause": "Harassment 3.2, coordinated abuse",
                "Policy version": "2026.3",
                "Rationale": RATIONALE,
                "Approved by": ["Priya Nair", "Lim Wei Jie"],
                "Precedent": "One-off",
            }
        )
        await self.picture("the-decision-form")
        await self.sends_the_form()
        await client.wait_for_text("recorded a decision", within="#message-list")
        await expect(self.card()).to_contain_text("Last decision")
        await self.picture("the-decision-is-shown")

    async def it_is_resolved(self) -> None:
        client = self.client
        await self.card().locator('[data-action-id="incident_resolve"]').click()
        await client.fill_modal(
            {"Root cause": "Product gap", "What was done": "Sound muted, 14 accounts warned."}
        )
        await self.picture("the-resolve-form")
        await self.sends_the_form()
        await client.wait_for_text("resolved it (root cause: Product gap)", within="#message-list")
        await expect(self.card()).to_contain_text("resolved")
        await expect(self.card().locator('[data-action-id="incident_reopen"]')).to_be_visible()
        await self.picture("it-is-resolved")
        await self.card().scroll_into_view_if_needed()
        await self.picture("the-card-at-the-end")

    async def the_digest_is_shown(self) -> None:
        client = self.client
        await client.go("escalations")
        await client.type("/escalate digest preview")
        await client.wait_for_text("weekly digest", within="#message-list")
        await client.wait_for_text("preview, shown only to you", within="#message-list")
        await self.picture("the-digest")

    def every_page_went_out_once(self) -> None:
        """Check that the workspace accepted no delivery twice, and no page twice for one person."""
        ids = Counter(page["metadata_id"] for page in self.accepted_pages())
        assert None not in ids
        assert {each for each, count in ids.items() if count > 1} == set()
        assert self.paged_for(self.reference) == ["arjun", "daniel", "priya", "sofia"]

    async def _reference(self) -> str:
        found = re.search(r"ESC-\d+", await self.client.modal().inner_text())
        assert found
        return found.group()

    async def _person_shown(self) -> str:
        return await self.page.locator("[data-switcher]").inner_text()
