"""Who the bot is in Slack: its workspace and its user, learned from the token."""

from collections.abc import Awaitable, Callable

from slack_bolt.authorization import AuthorizeResult

from bot.domain.act import Workspace
from bot.slack.answers import needed, word
from bot.slack.client import SlackCalls
from bot.worker.upkeep.canary import Us

_LONGEST_URL = 300


class Identity:
    """Empty until Slack has answered."""

    def __init__(self, token: str) -> None:
        self._token = token
        self.workspace: Workspace | None = None
        self._user: str | None = None
        self._bot_id: str | None = None
        self._url: str | None = None

    def us(self) -> Us | None:
        return Us(self.workspace, self._user) if self.workspace and self._user else None

    async def learn(self, calls: SlackCalls) -> Workspace:
        """Ask Slack whose token it is. Raises SlackError."""
        me = await calls.call("auth.test")
        user = needed(me, "user_id")
        self.workspace = Workspace(needed(me, "team_id"), word(me, "enterprise_id"))
        self._user = user
        self._bot_id = word(me, "bot_id") or ""
        self._url = word(me, "url", longest=_LONGEST_URL) or ""
        return self.workspace

    def authorize(self) -> Callable[..., Awaitable[AuthorizeResult]]:
        """Return Bolt's function that authorizes a request. (It can call no method.)

        It answers from memory: Bolt asks at every request, and an ack must not wait for a call.
        The workspace is that of our token, even if a payload names its sender's. Until Slack has
        told us ours, the payload's counts.
        """

        async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
            ours = self.workspace
            return AuthorizeResult(
                enterprise_id=ours.enterprise_id if ours else enterprise_id,
                team_id=ours.team_id if ours else team_id,
                bot_token=self._token,
                bot_user_id=self._user,
                bot_id=self._bot_id,
                url=self._url,
            )

        return authorize
