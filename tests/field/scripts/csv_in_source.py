#: total ["north", "south"]
#: best [0]
import csv
import io

RAW = """region,month,sales
north,1,10.5
south,1,7
north,2,12
south,2,"1,000"
"""
rows = []
reader = csv.DictReader(io.StringIO(RAW))
for row in reader:
    row["sales"] = float(row["sales"].replace(",", ""))
    rows.append(row)
rows.sort(key=lambda r: -r["sales"])


def total(region):
    return sum(r["sales"] for r in rows if r["region"] == region)


def best(_):
    return rows[0]
