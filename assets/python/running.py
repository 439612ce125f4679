"""Runs what a function needs of its file, in order, and says what was skipped or failed beside it."""

import os
import sys

from poolscope_definitions import END, Plan
from poolscope_guards import cut_guards
from poolscope_loading import Refusal, find_function, initializer_of
from poolscope_slow import Watch
from poolscope_sources import batches

# Sums of thousands of terms are as deep as they are long.
DEEPEST = 10000


def run(program, source, module, initializer):
    """Runs what the function needs; gives the function where it is one of several of its name."""
    broken = [piece for piece in source.pieces if piece.error]
    if broken and (program.is_whole or not program.cells):
        raise broken[0].error
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, DEEPEST))
    try:
        plan = program.plan = made_plan(program, source)
    finally:
        sys.setrecursionlimit(limit)
    if program.is_whole:
        for statement in plan.statements:
            statement.is_needed = statement.is_certain = True
        last = chosen_place(program, plan, source)
    else:
        last = chosen_place(program, plan, source)
        wanted = [(program.name.partition(".")[0], END if last is None else last + 1)]
        if initializer:
            wanted.append((initializer_of(initializer)[0].partition(".")[0], END))
        plan.choose(wanted)
        refuse_broken(broken, plan)
    found = None
    watch = Watch(program) if program.is_first else None
    try:
        for batch in batches(plan.kept(), last, source.piece_at):
            run_batch(batch, program, source, module)
            if batch[-1].place == last:
                found = find_function(module, program.name, program)
    finally:
        if watch:
            watch.end()
    return found


def made_plan(program, source):
    body, cut = cut_guards(source.body())
    return Plan(body, cut, is_in(os.path.dirname(program.file)))


def chosen_place(program, plan, source):
    """The place of the statement that defines the function in the chosen cell."""
    if program.cell is None:
        return None
    name = program.name.partition(".")[0]
    places = [item.place for item in plan.statements if name in item.bound and source.piece_at(item.line).number == program.cell]
    if not places:
        raise Refusal("cell %d of %s does not define `%s`" % (program.cell, program.file_name, name))
    return places[-1]


def refuse_broken(broken, plan):
    """A cell that is not Python matters where it binds what is needed and nothing else does."""
    needed = plan.certain() - plan.bound
    for piece in broken:
        if not needed.isdisjoint(piece.names()):
            raise piece.error


def run_batch(batch, program, source, module):
    try:
        source.run([statement.node for statement in batch], module.__dict__)
    except BaseException as error:
        first = batch[0]
        if first.is_certain or not isinstance(error, (Exception, SystemExit)):
            raise
        reason = "%s: %s" % (type(error).__name__, str(error).partition("\n")[0])
        for name in first.bound or first.changed:
            program.failed[name] = first.line, reason
        if first.is_needed:
            program.failed[""] = first.line, reason


def tell_beside(program):
    """Says once what was skipped, or failed, and touches what the function uses."""
    told = [] if program.is_whole else list(program.plan.beside())
    for line, names, reason in told:
        words = ", ".join("`%s`" % name for name in names) or "its surroundings"
        text = program.place(line), program.line_text(line), reason, program.name, words
        print("%s was skipped (`%s`): %s; `%s` uses %s, which it sets or changes" % text, file=sys.stderr)
    if "" in program.failed:
        line, reason = program.failed.pop("")
        text = program.place(line), program.line_text(line), reason, program.name
        print("%s failed (`%s`): %s; it may have changed what `%s` uses" % text, file=sys.stderr)


def is_in(folder):
    """Tells whether a module is of the person's folder."""

    def is_local(name):
        path = os.path.join(folder, name)
        return os.path.exists(path + ".py") or os.path.isdir(path)

    return is_local
