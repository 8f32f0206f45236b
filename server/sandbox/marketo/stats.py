"""How much of the quota went, and how often the API said no. Days are US Central."""

from datetime import date, timedelta

from flask import Response

from server.sandbox.marketo.envelope import succeeded
from server.sandbox.marketo.limits import central_day
from server.sandbox.marketo.routes import Call, endpoint

_READ = "Read-Only Lead"


@endpoint("stats.usage", "/stats/usage.json", _READ)
def usage(call: Call) -> Response:
    return succeeded(result=[_used(call, _today(call))])


@endpoint("stats.usage.last7days", "/stats/usage/last7days.json", _READ)
def usage_of_the_week(call: Call) -> Response:
    return succeeded(result=[_used(call, day) for day in _week(call)])


@endpoint("stats.errors", "/stats/errors.json", _READ)
def errors(call: Call) -> Response:
    return succeeded(result=[_erred(call, _today(call))])


@endpoint("stats.errors.last7days", "/stats/errors/last7days.json", _READ)
def errors_of_the_week(call: Call) -> Response:
    return succeeded(result=[_erred(call, day) for day in _week(call)])


def _today(call: Call) -> date:
    return central_day(call.crm.now())


def _week(call: Call) -> list[date]:
    return [_today(call) - timedelta(days=ago) for ago in range(7)]


def _used(call: Call, day: date) -> dict[str, object]:
    users = call.marketo.limits.used(day)
    counted = [{"userId": user, "count": count} for user, count in users.most_common()]
    return {"date": day.isoformat(), "total": users.total(), "users": counted}


def _erred(call: Call, day: date) -> dict[str, object]:
    codes = call.marketo.limits.errors(day)
    counted = [{"errorCode": code, "count": count} for code, count in codes.most_common()]
    return {"date": day.isoformat(), "total": codes.total(), "errors": counted}
