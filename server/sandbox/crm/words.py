"""What people, companies, pages and mails of the made-up market are called."""

_FIRST = (
    "Ada Bruno Chiara Dmitri Elif Femi Greta Hugo Ines Jonas Keiko Liam Marta Nils Olga Pavel Quentin Rosa Sanna Tariq "
    "Ulrike Viktor Wanda Yusuf Zoé Anouk Björn Camille Dilnoza Émile"
)
_LAST = (
    "Abramson Bertrand Castellano Dąbrowski Eriksen Fontaine Grønbæk Haas Ivanova Janssen Kovács Lindgren Moreau Nakamura "
    "Oyelaran Petrov Quiroga Rossi Schäfer Tanaka Urban Vasquez Weber Yılmaz Zimmermann Aalto Byrne Conti Duarte Eze"
)
FIRST, LAST = _FIRST.split(), _LAST.split()
COMPANIES = ("Halden", "Brackwater", "Solvik", "Tamarind", "Kestrel", "Northgate", "Lumen", "Quarry", "Vester", "Alder")
TRADES = ("Freight", "Logistics", "Foods", "Energy", "Paper", "Motors", "Chemicals", "Retail", "Shipping", "Textiles")
TITLES = ("Fleet Manager", "Head of Operations", "CFO", "Procurement Lead", "IT Director", "Depot Manager", "CEO", "Analyst")
TOWNS = (
    ("Bergen", "", "5003", "Norway"),
    ("Lyon", "", "69002", "France"),
    ("Boston", "MA", "02110", "United States"),
    ("Taipei", "", "100", "Taiwan"),
    ("Hamburg", "", "20095", "Germany"),
    ("Denver", "CO", "80202", "United States"),
)
STREETS = ("Harbour Road", "Mill Lane", "Station Street", "Quay", "Orchard Way", "High Street")
INDUSTRIES = ("Transportation", "Manufacturing", "Retail", "Energy", "Food & Beverage")
SOURCES = ("Web", "Trade Show", "Referral", "Webinar", "Purchased List")
STATUSES = ("Open - Not Contacted", "Working - Contacted", "Closed - Not Converted")
RATINGS = ("Hot", "Warm", "Cold")
PAGES = (
    ("/pricing", "Pricing"),
    ("/fleet/electric", "Electric fleets"),
    ("/customers", "Customer stories"),
    ("/security", "Security"),
    ("/blog/route-planning", "Blog: route planning"),
    ("/demo", "Ask for a demo"),
)
FORMS = ((11, "Ask for a demo"), (12, "Download the fleet guide"), (13, "Newsletter"), (14, "Savings calculator"))
MAILS = ((31, "Autumn newsletter"), (32, "Webinar invitation: electric fleets"), (33, "Fleet guide, follow-up"))
MOMENTS = (
    ("Web", "Visited the pricing page 3 times in a week"),
    ("Web", "Filled out form: Ask for a demo"),
    ("Web", "Used the savings calculator"),
    ("Email", "Opened “Webinar invitation: electric fleets” on three days"),
    ("Email", "Clicked “Fleet guide, follow-up”"),
    ("Milestone", "Attended the webinar “Electric fleets”"),
    ("Milestone", "Reached a score of 60"),
)
SITE = "https://www.fjordline.example"
