"""Streamlit: `streamlit run streamlit_app.py`."""

import award
import streamlit as st

weight = st.slider("Social value weight", 0.0, award.MOST, 10.0, 0.5)
formula = st.radio("Formula", award.FORMULAS)
split = st.selectbox("How the rest is shared", award.SPLITS)
st.altair_chart(award.chart(weight, formula, split))
st.write(award.sentence(weight, formula, split))
