"""What was decided, on paper? The minutes of a signed decision as a page and as a PDF, in either language."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from starlette.responses import Response

from pelvicrt.mdt import decisions
from pelvicrt.web.asking import Asking
from pelvicrt.web.errors import NotFound
from pelvicrt.web.frames import case_frame
from pelvicrt.web.minutes import minutes_pdf, minutes_view
from pelvicrt.web.routes import Ask, CaseId, Pages

pages = Pages()
_Number = Annotated[int | None, Query(ge=1)]


@pages.get("/cases/{case_id}/minutes", right="case.read")
def minutes(ask: Ask, case_id: CaseId, n: _Number = None) -> Response:
    """The minutes of the newest decision, or of decision `n`."""
    view = _view(ask, case_id, n)
    return ask.page("minutes.html.jinja", m=view, n=n, **case_frame(ask, case_id, "decision"))


@pages.get("/cases/{case_id}/minutes.pdf", right="case.read")
def minutes_file(ask: Ask, case_id: CaseId, n: _Number = None) -> Response:
    """The same as a PDF."""
    view = _view(ask, case_id, n)
    name = f"minutes-{view['record']['number']}-{ask.w.lang}.pdf"
    made = minutes_pdf(view, ask.w, made_at=ask.now)
    return Response(made, media_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})


def _view(ask: Asking, case_id: str, number: int | None) -> dict[str, Any]:
    with ask.store.reading() as session:
        signed = decisions.decisions_of(session, case_id)
        found = next((item for item in signed if number in {None, item.number}), None)
        if found is None:
            raise NotFound
        return minutes_view(session, found, ask.w)
