"""Dates as notices print them: UK local time with its offset from Greenwich."""

from datetime import date, timedelta


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def stamp(day: date, time: str = "00:00:00") -> str:
    """Write a day and a time as ISO 8601 in UK local time, as `2026-07-01T12:00:00+01:00`."""
    summer = _last_sunday(day.year, 3) <= day < _last_sunday(day.year, 10)
    return f"{day.isoformat()}T{time}+0{int(summer)}:00"


def working_day(day: date) -> date:
    """Move a Saturday or Sunday on to the Monday after it."""
    return day + timedelta(days={5: 2, 6: 1}.get(day.weekday(), 0))


def add_months(day: date, months: int) -> date:
    """Move the first day of a month on by a number of months."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def next_month(day: date) -> date:
    """Give the first day of the month after `day`."""
    return add_months(day.replace(day=1), 1)
