"""Place: where money goes, how deprived those places are, and how much of it stays.

Figures are in `spend`, joins in `joining`, maps in `boundaries`, official deprivation files in `deprivation`,
published spending in `ledger`, bringing files in for `academy data import` in `importing`, and the invented
borough in `calderbrook`, with its data dictionary in `dictionary`.
"""
