"""The joint table: commissioners and bidders play one procurement through together.

A table is an append-only log of moves (`store`). Its state is what the moves add up to (`rules.replay`), and
a seat sees only what it may (`views`). Nothing else is kept, so that any table can be replayed, taken up
again after a crash, and exported (`debrief`). What a table is about is a `case`.
"""
