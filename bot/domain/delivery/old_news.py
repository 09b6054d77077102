"""Messages that come long after the event."""

from datetime import datetime, timedelta

OLD_NEWS_AFTER = timedelta(minutes=3)


def is_old_news(happened: datetime, told: datetime) -> bool:
    """Tell whether a message comes so late that it must say when the event happened."""
    return told - happened > OLD_NEWS_AFTER
