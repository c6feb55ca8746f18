"""Place: where money goes, how deprived those places are, and how much of it stays.

Figures of spending are in `spend`, figures of need in `need`, joins in `joining`, and maps in `boundaries`.
Official deprivation files are read in `deprivation`, and published spending in `ledger`. `checking` lists
payments to look at again, and `importing` brings files in for `academy data import`. The invented borough is
in `calderbrook`, with its data dictionary in `dictionary`.
"""
