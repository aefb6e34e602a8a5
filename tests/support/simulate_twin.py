"""One plan of the standard patient, solved on the grid and compiled for playing life by life."""

from tests.support.simulate_plans import a_case, a_classification

from pelvicrt.evidence import library
from pelvicrt.simulate import setting_of, twin_of
from pelvicrt.simulate.block import Setting
from pelvicrt.simulate.draws import sample_parameters
from pelvicrt.simulate.facts import Guesses
from pelvicrt.simulate.later import Later, follow
from pelvicrt.simulate.laws import Disease
from pelvicrt.simulate.mortality import other_cause_survival
from pelvicrt.simulate.outcomes import Outcomes
from pelvicrt.simulate.tree import Course


def a_setting(plan, *, case=None, classes=None, draws=1, seed=5, fixed=None, **options) -> Setting:
    parameters = sample_parameters(library(), draws=draws, seed=seed, fixed=fixed)
    guesses = Guesses(parameters, draws=draws, seed=seed)
    return setting_of(
        case or a_case(), classes or a_classification(), [plan], library(), parameters=parameters, guesses=guesses,
        **options,
    )  # fmt: skip


def solved(setting, *, step=1.0) -> Outcomes:
    """The solver's outcomes of a setting with one plan."""
    disease = Disease(setting.parameters, setting.patient, limited_access=setting.limited_access)
    cells = round(setting.horizon_months / step)
    later = Later(disease, cells=cells, step=step)
    other = other_cause_survival(
        setting.library, setting.parameters, life_table=setting.life_table, age=setting.patient.age,
        male=setting.patient.male, months=later.grid,
    )  # fmt: skip
    course = Course(setting.plans[0], disease, setting.start, cells=cells, step=step)
    course.run()
    return Outcomes(course, follow(later, course), other)


def both_ways(setting, lives, *, step=1.0) -> dict:
    """Curves by month of the solver at a step of 1/k month, and (mean, standard error) of the lives, by name."""
    outcomes, twin = solved(setting, step=step), twin_of(setting)
    timed, states = outcomes.timed(), twin.model.states
    failed = 1.0 - float(setting.parameters["regrowth.salvage_control"][0])
    failed *= float(setting.parameters["regrowth.salvage"][0])

    def events(name):
        return lives.share(lambda entered, taken, occupancy: taken[twin.events[name]].sum(axis=0))

    def living(name):
        return lives.share(lambda entered, taken, occupancy: occupancy[twin.occupancies[name]].sum(axis=0))

    def into(place):
        return lives.share(lambda entered, taken, occupancy: entered[place])

    (recurred, recurred_se), (regrown, regrown_se) = events("recurrence"), events("regrowth")
    pelvic = (recurred + failed * regrown, (recurred_se**2 + (failed * regrown_se) ** 2) ** 0.5)
    deaths = outcomes.death_by_cause(timed["overall_survival"])
    pairs = {
        "overall_survival": (timed["overall_survival"][0], lives.alive()),
        "progression_free_survival": (timed["progression_free_survival"][0], living("event_free")),
        "distant_progression": (timed["distant_progression"][0], events("distant")),
        "local_recurrence": (timed["local_recurrence"][0], pelvic),
        "regrowth": (outcomes.incidence(outcomes.curves.watched[5])[0], (regrown, regrown_se)),
        "organ_preservation": (timed["organ_preservation"][0], living("kept")),
        "all_sites_cleared": (
            timed["all_sites_cleared"][0],
            lives.share(lambda entered, taken, occupancy: entered[twin.cleared].sum(axis=0)),
        ),
        "operative_deaths": (deaths["treatment"][0], into(states.index("died_treatment"))),
        "cancer_deaths": (deaths["cancer"][0], into(states.index("died_cancer"))),
    }
    return {name: (curve[:: round(1.0 / step)], seen) for name, (curve, seen) in pairs.items()}
