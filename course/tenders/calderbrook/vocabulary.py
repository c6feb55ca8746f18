"""The words Calderbrook's data is made of. Every name, place and number here is invented."""

from typing import NamedTuple

COUNCIL = "Calderbrook Council (fictional)"
PUBLISHER = COUNCIL
NEIGHBOURHOODS = ("Mill", "Harbour", "Northgate", "Weavers", "Station", "Riverside", "Priory", "Moorside")


class Service(NamedTuple):
    """Something the council buys, with its code in the Common Procurement Vocabulary (CPV)."""

    title: str
    category: str
    cpv: str
    cpv_name: str
    department: str


# From the smallest purchases to the largest: contract values are matched to this order, loosely.
SERVICES = (
    Service(
        "Interpreting at council appointments", "services", "79540000", "Interpretation services", "Customer"
    ),
    Service("Library furniture", "goods", "39100000", "Furniture", "Culture"),
    Service("Pest control in council homes", "services", "90922000", "Pest-control services", "Housing"),
    Service(
        "Printing of voter and council tax letters",
        "services",
        "79800000",
        "Printing and related services",
        "Customer",
    ),
    Service("Summer events in parks", "services", "79952000", "Event services", "Culture"),
    Service("Survey of residents", "services", "79311000", "Survey services", "Policy"),
    Service(
        "Workwear for street teams",
        "goods",
        "18100000",
        "Occupational clothing, special workwear and accessories",
        "Streets",
    ),
    Service(
        "Lift maintenance in civic buildings", "services", "50750000", "Lift-maintenance services", "Property"
    ),
    Service(
        "Tree planting and aftercare",
        "services",
        "77310000",
        "Planting and maintenance services of green areas",
        "Streets",
    ),
    Service(
        "Study of need for family support", "services", "79315000", "Social research services", "Children"
    ),
    Service(
        "Window cleaning of schools and offices",
        "services",
        "90911300",
        "Window-cleaning services",
        "Property",
    ),
    Service(
        "Debt and benefits advice", "services", "85312300", "Guidance and counselling services", "Customer"
    ),
    Service(
        "Tree inspection and maintenance", "services", "77211500", "Tree-maintenance services", "Streets"
    ),
    Service("Bereavement counselling", "services", "85312320", "Counselling services", "Public health"),
    Service("Walking and cycling sessions", "services", "92600000", "Sporting services", "Public health"),
    Service("School furniture", "goods", "39160000", "School furniture", "Children"),
    Service(
        "Advice on energy use in buildings",
        "services",
        "71314300",
        "Energy-efficiency consultancy services",
        "Property",
    ),
    Service("Carers' support service", "services", "85320000", "Social services", "Adult care"),
    Service("Painting of council homes", "works", "45442100", "Painting work", "Housing"),
    Service("Laptops for staff", "goods", "30200000", "Computer equipment and supplies", "Digital"),
    Service(
        "Meals at home for older people", "services", "55521100", "Meals-on-wheels services", "Adult care"
    ),
    Service(
        "Youth work in neighbourhoods",
        "services",
        "85312000",
        "Social work services without accommodation",
        "Children",
    ),
    Service("Guarding of civic buildings", "services", "79713000", "Guard services", "Property"),
    Service(
        "Help into work for people out of work", "services", "79611000", "Job search services", "Economy"
    ),
    Service(
        "Befriending for people living alone",
        "services",
        "85312000",
        "Social work services without accommodation",
        "Adult care",
    ),
    Service(
        "Skills bootcamps in building trades",
        "services",
        "80530000",
        "Vocational training services",
        "Economy",
    ),
    Service(
        "Software for planning applications",
        "services",
        "72267000",
        "Software maintenance and repair services",
        "Digital",
    ),
    Service(
        "Adult learning in community venues",
        "services",
        "80400000",
        "Adult and other education services",
        "Economy",
    ),
    Service("Office cleaning", "services", "90919200", "Office cleaning services", "Property"),
    Service("Mentoring in schools", "services", "85300000", "Social work and related services", "Children"),
    Service(
        "Street lighting maintenance",
        "services",
        "50232100",
        "Street-lighting maintenance services",
        "Streets",
    ),
    Service("Advocacy for adults with care needs", "services", "85312310", "Guidance services", "Adult care"),
    Service("Holiday activities and food", "services", "85312110", "Child daycare services", "Children"),
    Service(
        "Roof repairs to council homes", "works", "45261900", "Roof repair and maintenance work", "Housing"
    ),
    Service(
        "Telephone and contact centre system",
        "services",
        "64200000",
        "Telecommunications services",
        "Digital",
    ),
    Service(
        "Support after leaving hospital", "services", "85323000", "Community health services", "Adult care"
    ),
    Service(
        "Parks and verges maintenance",
        "services",
        "77310000",
        "Planting and maintenance services of green areas",
        "Streets",
    ),
    Service("Taxis for pupils with special needs", "services", "60120000", "Taxi services", "Children"),
    Service(
        "Community wellbeing hubs",
        "services",
        "85312400",
        "Welfare services not delivered through residential institutions",
        "Public health",
    ),
    Service("Street lighting columns and lamps", "goods", "34928500", "Street-lighting equipment", "Streets"),
    Service(
        "Domestic abuse refuge and outreach",
        "services",
        "85311000",
        "Social work services with accommodation",
        "Housing",
    ),
    Service("Apprentice training for council staff", "services", "80500000", "Training services", "People"),
    Service(
        "Heating servicing in council homes",
        "services",
        "50720000",
        "Repair and maintenance services of central heating",
        "Housing",
    ),
    Service(
        "Recovery from drugs and alcohol",
        "services",
        "85323000",
        "Community health services",
        "Public health",
    ),
    Service(
        "Day opportunities for disabled adults", "services", "85312100", "Daycare services", "Adult care"
    ),
    Service(
        "Cleaning of schools and libraries",
        "services",
        "90911000",
        "Accommodation, building and window cleaning services",
        "Property",
    ),
    Service("Refurbishment of Priory library", "works", "45453100", "Refurbishment work", "Property"),
    Service("School meals", "services", "55523100", "School-meal services", "Children"),
    Service("Homelessness prevention service", "services", "85320000", "Social services", "Housing"),
    Service(
        "Short breaks for disabled children", "services", "85312110", "Child daycare services", "Children"
    ),
    Service("Insulation of council homes", "works", "45321000", "Thermal insulation work", "Housing"),
    Service(
        "Street sweeping in town centres",
        "services",
        "90610000",
        "Street-cleaning and sweeping services",
        "Streets",
    ),
    Service(
        "Extra care housing support",
        "services",
        "85311000",
        "Social work services with accommodation",
        "Adult care",
    ),
    Service("Repairs to empty council homes", "works", "45453100", "Refurbishment work", "Housing"),
    Service("Refuse collection vehicles", "goods", "34144511", "Refuse-collection vehicles", "Streets"),
    Service(
        "Accessible minibus transport",
        "services",
        "60130000",
        "Special-purpose road passenger-transport services",
        "Adult care",
    ),
    Service(
        "Classroom block at Moorside school",
        "works",
        "45214210",
        "Primary school construction work",
        "Children",
    ),
    Service("Road repairs", "works", "45233142", "Road-repair works", "Streets"),
    Service(
        "Household recycling collection", "services", "90511000", "Refuse collection services", "Streets"
    ),
    Service("Home care", "services", "85312000", "Social work services without accommodation", "Adult care"),
)

SUPPORTED_LIVING = Service(
    "Supported living and wellbeing service",
    "services",
    "85311000",
    "Social work services with accommodation",
    "Adult care",
)

NOT_YET_BID = (
    Service(
        "Community transport",
        "services",
        "60130000",
        "Special-purpose road passenger-transport services",
        "Adult care",
    ),
    Service(
        "Health visiting for young families",
        "services",
        "85323000",
        "Community health services",
        "Public health",
    ),
    Service(
        "Making and coding clubs",
        "services",
        "92000000",
        "Recreational, cultural and sporting services",
        "Culture",
    ),
    Service(
        "Solar panels on council roofs", "works", "45261900", "Roof repair and maintenance work", "Property"
    ),
)

# The families of CPV codes that the light touch rules cover here (Procurement Regulations 2024, schedule 1).
LIGHT_TOUCH = ("80", "85", "92", "5552", "79611", "797")

COMMERCIAL, SOCIAL = "commercial", "social"
# Invented stems, so that no real firm is named.
FIRMS = {
    COMMERCIAL: (
        "Quillbrook",
        "Tarnsholt",
        "Fennoway",
        "Oxtermoor",
        "Brindlecote",
        "Harrowsby Fold",
        "Kestrelmarsh",
        "Lanterdale",
        "Mossgarth",
        "Nettlewick",
        "Ormsfell",
        "Pendrilby",
        "Quernstone",
        "Rushgillow",
        "Skelderby",
        "Thwaitely",
        "Underbarrow Fell",
        "Vellumgate",
        "Wexcombe Hay",
        "Yarrowholt",
        "Zennorby",
        "Addlethorn",
        "Bracklesea",
        "Cawthermoor",
        "Dunnerfold",
        "Eskmarrow",
    ),
    SOCIAL: (
        "Gorsebank",
        "Hazelmere Row",
        "Inglegarth",
        "Juniper Fold",
        "Knotgrass",
        "Larkholme Yard",
        "Marramside",
        "Needlefern",
        "Oatgrass",
        "Primrow",
        "Quaking Oak",
        "Reedlight",
        "Sorrelgate",
        "Teaselworks",
        "Umberley",
        "Vetchfield",
    ),
}
ENDINGS = {
    "goods": ("Supplies Ltd", "Trading Ltd"),
    "works": ("Building Ltd", "Contracts Ltd", "Construction plc"),
    "services": ("Services Ltd", "Group plc", "Partners LLP"),
    SOCIAL: ("CIC", "Trust", "Community Benefit Society", "Charity"),
}
# (what is shown, region code, postcode stem): ZZ is no real postcode area.
BASES = {
    "calderbrook": ("Calderbrook", "UKD", "ZZ1"),
    "neighbouring": ("Eastmarsh (fictional)", "UKD", "ZZ7"),
    "elsewhere": ("Farhaven (fictional)", "UKI", "ZZ9"),
}

PRICE_CRITERIA = (
    ("price", "Price"),
    ("price", "Price"),
    ("cost", "Price"),
    ("cost", "Cost"),
    ("price", "Commercial"),
    ("cost", "Whole-life cost"),
    ("price", "Pricing schedule"),
)
QUALITY_CRITERIA = (
    "Quality",
    "Quality",
    "Technical quality",
    "Quality - Method statement",
    "Quality - Methodology",
    "Service delivery",
    "Technical",
)
SECOND_QUALITY_CRITERIA = ("Mobilisation", "Workforce and safeguarding", "Quality assurance", "Staffing")
SOCIAL_VALUE_CRITERIA = (
    "Social Value",
    "Social Value",
    "Social value",
    "SOCIAL VALUE",
    "Social Value Commitments",
    "Added social value",
    "Quality - Social Value",
    "Social Value (SV)",
)

FORMULAS = {
    "relative": "The lowest price gets 100. Every other gets the lowest price divided by its own, times 100.",
    "linear": "The lowest price gets 100. Every other loses one point for each 1 % it is above the lowest.",
}

QUALITY_QUESTIONS = (
    ("How will you deliver the service?", "delivery"),
    ("How will you start on time and without harm to people who use the service?", "mobilisation"),
    ("How will you recruit, train and keep the staff you need?", "staffing"),
    ("How will you know the service is good, and put it right when it is not?", "quality checks"),
    ("How will you keep people safe?", "safety"),
    ("How will you work with residents and partners?", "joint working"),
    ("How will you manage risk and keep the service running?", "continuity"),
)
SOCIAL_VALUE_QUESTIONS = (
    ("What jobs and training will you create for local residents?", "local jobs"),
    ("What will you do to cut carbon on this contract?", "carbon"),
    ("How will you buy from local small firms and charities?", "local supply"),
    ("How will you improve wellbeing in the neighbourhoods served?", "wellbeing"),
    ("How will you help people who face barriers to work?", "barriers to work"),
)

EVALUATOR_ROLES = ("Service lead", "Procurement officer", "Finance officer", "Panel member for service users")
# What an evaluator writes, by the score given; {focus} is the topic of the question.
NOTES = {
    0: ("No answer on {focus}.", "Question on {focus} left blank."),
    1: (
        "Mentions {focus} but gives no plan, date or owner.",
        "General statement on {focus}; nothing specific to this contract.",
    ),
    2: (
        "Some detail on {focus}; owner named but no dates or measure.",
        "Plan for {focus} is partial. Two of the sub-points asked for are not covered.",
    ),
    3: (
        "Meets what was asked on {focus}. Dates given; how it is measured is thin.",
        "Sound plan for {focus} with a named lead. Risk not discussed.",
    ),
    4: (
        "Clear plan for {focus}: lead, dates and a measure. Small gap on reporting.",
        "Good detail on {focus}, with an example from a past contract and its result.",
    ),
    5: (
        "Full plan for {focus}: lead, dates, measure, past result with its base, and one risk faced.",
        "Covers every sub-point on {focus} with figures, a start point and quarterly reports.",
    ),
}
POOR_NOTES = {
    "note-gives-no-reason": ("Good.", "OK", "Fine answer.", "Weak", "As expected."),
    "note-compares-bids": (
        "Better than the other answers.",
        "Not as strong as the one I read before this.",
        "The best of the bunch.",
    ),
    "note-off-criterion": (
        "Nice layout and photographs.",
        "A well known firm in the sector.",
        "They ran our last contract and were pleasant to deal with.",
    ),
    "note-contradicts-score": (
        "Excellent on {focus}: every sub-point covered with figures.",
        "Does not address {focus} at all.",
    ),
}
AGREED_NOTES = {
    0: "Agreed: {focus} not answered, so no score.",
    1: "Agreed: {focus} asserted only. No plan, owner or date in the answer.",
    2: "Agreed: partial answer on {focus}. Owner stated; dates and measure missing.",
    3: "Agreed: answer meets the requirement on {focus}. Measure could be firmer.",
    4: "Agreed: good and specific on {focus}. Lead, dates and measure given; reporting gap noted.",
    5: "Agreed: full answer on {focus}, evidenced and in proportion to the contract.",
}


class Promise(NamedTuple):
    """A kind of social value promise: how it is counted and how much of it a contract carries a year."""

    theme: str
    text: str
    unit: str
    per_million: float
    smallest: int
    evidence: str


PROMISES = (
    Promise("jobs", "New jobs for residents who were out of work", "people", 6, 1, "payroll extract"),
    Promise("skills", "Apprentices started at Level 2 or 3", "people", 4, 1, "training records"),
    Promise("skills", "Paid work placements of two weeks", "placements", 12, 2, "placement log"),
    Promise("skills", "Careers talks in Calderbrook schools", "talks", 8, 2, "school sign-off"),
    Promise(
        "supply chain",
        "Spend with small firms based in Calderbrook",
        "thousand pounds ex VAT",
        110,
        4,
        "purchase ledger",
    ),
    Promise(
        "supply chain",
        "Spend with charities and social enterprises",
        "thousand pounds ex VAT",
        45,
        2,
        "purchase ledger",
    ),
    Promise(
        "carbon", "Carbon avoided against the start-of-contract level", "tonnes CO2e", 22, 2, "energy bills"
    ),
    Promise("carbon", "Staff trips moved from car to bus, foot or cycle", "trips", 900, 40, "travel survey"),
    Promise("wellbeing", "Free wellbeing sessions open to residents", "sessions", 24, 4, "session register"),
    Promise("wellbeing", "Hours given by staff to community groups", "hours", 160, 10, "timesheets"),
)

COMMENTS = {
    "resident": (
        "My son has been looking for work for a year. Local jobs please.",
        "Bus to the Harbour stops at six. Jobs are no use if you cannot get home.",
        "Apprenticeships that last, not six weeks and out.",
        "Whoever gets it should pay people properly.",
        "More for young people to do.",
        "Dont forget people who care for family at home",
        "I would like the staff to stay the same. My mum gets upset by new faces.",
        "Air on Mill Lane is bad. Fewer vans.",
        "You ask us every time and nothing changes.",
        "Use the firms that are already here.",
        "Loneliness is the problem round here.",
        "Training should count towards something you can show an employer.",
        "Had to get help with this form, the points bit was confusing.",
        "People over 50 want jobs too.",
        "Safe places to walk",
        "Please keep the hub open on Saturdays.",
    ),
    "provider": (
        "Skills first: we cannot recruit care staff as it is.",
        "Tell us the weights before the tender so that small charities can plan.",
        "Three measures we can count are better than thirty we cannot.",
        "Reporting every month costs us more than the activity itself.",
        "Happy to be held to it if the targets are in proportion.",
    ),
    "officer": (
        "We have a carbon target and no other contract touches it.",
        "Contract managers need measures they can check in a quarterly meeting.",
        "Whatever is chosen, name an owner for it after award.",
    ),
}
