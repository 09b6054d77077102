"""What comes long after it happened."""

from datetime import datetime, timedelta

OLD_NEWS_AFTER = timedelta(minutes=3)


def is_old_news(happened: datetime, told: datetime) -> bool:
    """What is told so long after it happened says when that was."""
    return told - happened > OLD_NEWS_AFTER
