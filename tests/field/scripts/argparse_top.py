#: scale [1, 2.5]
#: describe [0]
import argparse

parser = argparse.ArgumentParser(description="Scales numbers.")
parser.add_argument("--factor", type=float, default=2.5, help="what to multiply by")
parser.add_argument("--name", default="scaler")
parser.add_argument("-v", "--verbose", action="store_true")
group = parser.add_argument_group("limits")
group.add_argument("--top", type=int, default=100)
args = parser.parse_args()

if args.verbose:
    print("factor", args.factor)


def scale(x):
    return min(x * args.factor, args.top)


def describe(_):
    return vars(args)
