"""What is a clinical plan as states and moves between them? The builder's sheet, and the engine's arrays made of it.

A row of numbers stands for one latent biology class (and, on immunotherapy, for refractory or responding disease), all
of one parameter draw. Rows never mix, so a row is an ordinary multi-state model and the patient is their weighted sum.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from pelvicrt.engine import NO_LIMIT, SOJOURN, Effect, Family, Model, Numbers

Floats = npt.NDArray[np.float64]
SPELL, AGE, COURSE, LIVER, PELVIS, IMMUNE = 1, 2, 3, 4, 5, 6
CLOCKS = ("sojourn", "spell", "age", "first_line", "liver_cleared", "pelvis_treated", "immunotherapy")
DEATHS = ("died_cancer", "died_treatment", "died_other")
INSTANT = 1e-6
"""Months of a state passed through at once."""
_WHOLE = 1e-9


@dataclass(slots=True, kw_only=True)
class State:
    """A state: which clocks restart on entry, and what it counts as (`kept`, `event_free`)."""

    name: str
    restarts: frozenset[int] = frozenset()
    counts: frozenset[str] = frozenset()


@dataclass(slots=True, kw_only=True)
class Move:
    """A transition with one value a row in `parameters` (rows, P), `cure` (rows,) and every share (rows,).

    `counts` names the event it is: distant, recurrence or regrowth.
    """

    name: str
    source: int
    family: Family
    clock: int
    parameters: Floats
    cure: Floats | None = None
    knots: Floats = field(default_factory=lambda: np.zeros(0))
    targets: list[tuple[int, Floats]] = field(default_factory=list)
    counts: str = ""


class Graph:
    """States and moves while a plan is walked."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.states: list[State] = []
        self.moves: list[Move] = []
        self._named: dict[str, int] = {}
        for name in DEATHS:
            self.state(name)

    def state(self, name: str, *, restarts: frozenset[int] = frozenset(), counts: frozenset[str] = frozenset()) -> int:
        """The index of a state of that name, made when first asked for."""
        if name not in self._named:
            self._named[name] = len(self.states)
            self.states.append(State(name=name, restarts=restarts, counts=counts))
        return self._named[name]

    def has(self, name: str) -> bool:
        """Whether a state of that name was made."""
        return name in self._named

    def move(self, name: str, source: int, family: Family, clock: int, parameters: Floats) -> Move:
        """A new move without targets."""
        made = Move(name=name, source=source, family=family, clock=clock, parameters=parameters)
        self.moves.append(made)
        return made

    def fixed(self, name: str, source: int, months: float, clock: int = SOJOURN) -> Move:
        """A move at a fixed reading of a clock [months]."""
        return self.move(name, source, Family.FIXED, clock, np.full((self.rows, 1), months))

    def weibull(self, name: str, source: int, clock: int, *, shape: float, scale: Floats) -> Move:
        """A move with survivor function exp(-(c / scale)^shape), `scale` (rows,) [months]."""
        return self.move(name, source, Family.WEIBULL, clock, np.column_stack([np.full(self.rows, shape), scale]))

    def to(self, move: Move, state: int, share: Floats | float = 1.0) -> None:
        """Adds a target; a share of nobody is left out."""
        shares = np.broadcast_to(np.asarray(share, dtype=np.float64), (self.rows,)).copy()
        if shares.any():
            move.targets.append((state, shares))

    def model(self, horizon: float) -> Model:
        """The structure as the engine reads it.

        Raises:
            ValueError: when the shares of a move do not sum to one, which would lose patients.
        """
        for move in self.moves:
            total = sum((share for _, share in move.targets), start=np.zeros(self.rows))
            if np.abs(total - 1.0).max() > _WHOLE:
                raise ValueError(f"{move.name}: shares sum to {total}")
        count, width = len(self.moves), max(len(move.targets) for move in self.moves)
        targets = np.full((count, width), -1, dtype=np.int64)
        for t, move in enumerate(self.moves):
            targets[t, : len(move.targets)] = [state for state, _ in move.targets]
        restarts = np.array(
            [[c in state.restarts or c == SOJOURN for c in range(len(CLOCKS))] for state in self.states]
        )
        return Model(
            time_unit="month",
            horizon=horizon,
            states=tuple(state.name for state in self.states),
            transitions=tuple(move.name for move in self.moves),
            clocks=CLOCKS,
            covariates=(),
            strategies=("plan",),
            source=np.array([move.source for move in self.moves], dtype=np.int64),
            targets=targets,
            family=np.array([int(move.family) for move in self.moves], dtype=np.int64),
            clock=np.array([move.clock for move in self.moves], dtype=np.int64),
            effect=np.full(count, int(Effect.PH), dtype=np.int64),
            has_cure=np.array([move.cure is not None for move in self.moves]),
            knots=tuple(move.knots for move in self.moves),
            clock_restarts=restarts,
            strategy_allows=np.ones((1, count), dtype=np.bool_),
            visits_least=np.zeros((count, len(self.states)), dtype=np.int64),
            visits_most=np.full((count, len(self.states)), NO_LIMIT, dtype=np.int64),
        )

    def numbers(self) -> Numbers:
        """The parameters of every move, one row a class."""
        count, width = len(self.moves), max(move.parameters.shape[1] for move in self.moves)
        branches = max(len(move.targets) for move in self.moves)
        parameters = np.zeros((self.rows, count, width))
        shares = np.zeros((self.rows, count, branches))
        cure = np.zeros((self.rows, count))
        for t, move in enumerate(self.moves):
            parameters[:, t, : move.parameters.shape[1]] = move.parameters
            for b, (_, share) in enumerate(move.targets):
                shares[:, t, b] = share
            if move.cure is not None:
                cure[:, t] = move.cure
        return Numbers(
            parameters=parameters,
            effects=np.zeros((self.rows, count, 0)),
            strategy_effects=np.zeros((self.rows, count, 1)),
            shares=shares,
            cure=cure,
            cure_effects=np.zeros((self.rows, count, 0)),
        )
