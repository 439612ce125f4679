#: zscore [1, 5, 9]
#: summary [0]
#: histogram [3]
from statistics import mean, median, pstdev

data = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5]
data.sort()
clean = []
for value in data:
    if value == 9:
        continue
    clean.append(value)
else:
    clean.insert(0, 0)
mu, sigma = mean(clean), pstdev(clean)


def zscore(x):
    return round((x - mu) / sigma, 6)


def summary(_):
    return {"n": len(clean), "median": median(clean), "range": [min(clean), max(clean)]}


def histogram(bins):
    width = (max(clean) - min(clean)) / bins
    return [sum(lo * width <= v < (lo + 1) * width or (lo == bins - 1 and v == max(clean)) for v in clean) for lo in range(bins)]
