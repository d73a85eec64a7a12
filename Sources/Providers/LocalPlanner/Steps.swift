/// The planner's stock of steps for one field. `{s}` stands for what the caller named, `{f}` for what the agent looks at;
/// both may be singular or plural, so they are never the subject of a verb.
struct Field {
    /// Words that show that a text is from this field.
    let signs: Set<String>
    /// What to find out first.
    let measures: [String]
    /// What to choose between, and within which limit.
    let options: [String]
    /// When to look again.
    let reviews: [String]

    init(_ signs: String, measures: [String], options: [String], reviews: [String]) {
        self.signs = Set(signs.split(separator: " ").map { Vocabulary.stem(String($0)) })
        self.measures = measures
        self.options = options
        self.reviews = reviews
    }

    /// The field that a text's words point to most; the first on ties; nil when none does.
    /// - Parameter weighted: stems with how much each counts.
    static func best(for weighted: [(stem: String, weight: Int)]) -> Field? {
        var best: (field: Field, score: Int)?
        for field in all {
            let score = weighted.reduce(0) { $0 + (field.signs.contains($1.stem) ? $1.weight : 0) }
            if score > best?.score ?? 0 { best = (field, score) }
        }
        return best?.field
    }

    static let all = [
        currency, stocks, risk, travel, health, cooking, garden, calendar, money, software, learning,
    ]

    private static let garden = Field(
        "garden gardening gardener plant plants flower flowers tree trees lawn grass seed seeds soil leaf leaves weed weeds "
            + "tomato tomatoes rose roses hedge prune compost vegetable vegetables",
        measures: [
            "Start with the place: how much sun it gets, how wet the soil is, and what has grown there before.",
            "First look at the leaves from both sides, and feel how dry the soil is a finger deep.",
        ],
        options: [
            "Then change one thing only, water, light or soil, and wait a week before changing another.",
            "Next, choose what grows well with little care, and plant the rest where you walk past every day.",
        ],
        reviews: [
            "Look again after a week, and keep a picture of each time.",
            "Write down when you sowed, watered and cut, for the same weeks of next year.",
        ])

    private static let currency = Field(
        "currency currencies forex fx exchange euro dollar yen pound rate rates",
        measures: [
            "Start with the exposure: list every holding, debt and payment that is not in your home currency.",
            "First work out how much of {s} depends on each foreign currency, and what a ten percent move would change.",
        ],
        options: [
            "Then decide how much you can leave open, and compare forwards, options and hedged funds by their yearly cost.",
            "Next, use income and costs in the same currency as a natural cover, and price a forward for the rest.",
        ],
        reviews: [
            "Look at it again every quarter, and at once when a rate leaves the range that you set.",
            "Let the cover run in steps of three months, so that no single date decides the rate.",
        ])

    private static let stocks = Field(
        "stock stocks share shares equity equities portfolio dividend invest investment fund etf market hedge",
        measures: [
            "Start by writing down each position, what it is worth, and how far it fell in its worst year.",
            "Begin with the positions that tend to fall together, since there {f} can do the most damage.",
        ],
        options: [
            "Then set the largest loss that you accept, and compare a smaller position, a wider spread and a protective put.",
            "After that, choose a ceiling for any single position, and weigh the price of a collar against what it covers.",
        ],
        reviews: [
            "Rebalance on fixed dates rather than on the news, and note the reason for each change.",
            "Check the ceilings once a month, and sell down whatever has grown past them.",
        ])

    private static let risk = Field(
        "risk risks volatility correlation stress exposure loss threat hazard compliance audit insurance var",
        measures: [
            "Measure first: how widely the value has swung, what moves together, and how deep the worst fall was.",
            "Begin with a short list of what could go wrong around {s}, each with its likelihood and its cost.",
        ],
        options: [
            "Then run two stress cases, one sharp and short, one slow and long, and write down what each would cost.",
            "Next, set a limit for each entry, and decide whether to avoid it, share it, insure it or carry it.",
        ],
        reviews: [
            "Keep the limits on one page, and act when one is crossed, not when the mood changes.",
            "Repeat the measurement on a fixed date, with the same method, so that the figures can be compared.",
        ])

    private static let travel = Field(
        "travel trip flight flights hotel tour tourist itinerary journey visa destination vacation holiday airline train",
        measures: [
            "Start with the fixed points: the dates, who is coming, and what the whole journey may cost.",
            "First check the papers: passports, visas, and the rules on luggage and medicines for each border.",
        ],
        options: [
            "Then compare two routes by door-to-door time and price, and book what sells out first.",
            "Next, give every day one main thing and one free half, and keep the places of one day close together.",
        ],
        reviews: [
            "Check times and tickets again two days before leaving, and keep a copy of each on paper.",
            "Leave a tenth of the budget unplanned for what changes on the way.",
        ])

    private static let health = Field(
        "medical hospital patient patients doctor nurse clinic health symptom symptoms medicine medication care therapy",
        measures: [
            "If anything is urgent, call the emergency number first; this outline is for what can wait.",
            "Start by noting what happened, since when, how often, and which medicines are being taken.",
        ],
        options: [
            "Then find out who should see it, which papers and results they need, and how soon they have room.",
            "Next, write down three questions to ask about {s}, and bring somebody who listens along.",
        ],
        reviews: [
            "Agree on a date to check whether things are better, and on what would be a reason to call earlier.",
            "Keep one list of dates, names and answers, so that nobody has to be asked twice.",
        ])

    private static let cooking = Field(
        "cook cooking recipe recipes meal meals food kitchen dinner lunch breakfast dish chef bake baking menu ingredients",
        measures: [
            "Start with who is eating, what they cannot eat, and how much time there is before the meal.",
            "First look at what is in the kitchen already, and write down only what is missing.",
        ],
        options: [
            "Then choose one dish that can be made ahead and one that is quick, and work back from serving time.",
            "Next, do all the cutting before anything gets hot, and start with whatever takes longest.",
        ],
        reviews: [
            "Taste at the half-way mark, and write down what to change for the next time.",
            "Keep one simple thing in reserve in case something burns.",
        ])

    private static let calendar = Field(
        "schedule schedules scheduling appointment appointments calendar booking bookings meeting meetings reception "
            + "receptionist reservation slot slots deadline event events",
        measures: [
            "Start with what cannot move: the fixed dates, the opening hours, and the people who must be there.",
            "First write down how long each part takes, and which part has to wait for another.",
        ],
        options: [
            "Then offer two times and hold both for a day, with a short break before and after.",
            "Next, place {s} in the earliest free hour that suits everybody, and name one time to fall back on.",
        ],
        reviews: [
            "Confirm the day before, and say by when a change is still free.",
            "Look over the coming week every Friday, and move what no longer fits.",
        ])

    private static let money = Field(
        "money budget budgets cost costs price prices pay payment saving savings tax taxes loan debt mortgage bank "
            + "finance financial income pension retirement sales",
        measures: [
            "Start with three months of real figures: what came in, what went out, and what was fixed beforehand.",
            "First put a number on {s}: what it costs now, what it brings, and when each sum is due.",
        ],
        options: [
            "Then set one ceiling and one reserve, and compare the offers by their full cost, fees included.",
            "Next, sort the items by cost, and change the two largest before touching any small one.",
        ],
        reviews: [
            "Compare plan and reality at the end of each month, and move only one figure at a time.",
            "Put the next review on a date now, and bring the same three figures to it.",
        ])

    private static let software = Field(
        "software code program app website server bug bugs database data deploy deployment computer network security api",
        measures: [
            "Start by writing down what happens now, what should happen, and the smallest case that shows the gap.",
            "First measure {s} as things stand, so that any later change can be compared with it.",
        ],
        options: [
            "Then list two ways to get there, with what each would break and how each could be undone.",
            "Next, change one thing at a time behind a test, and begin where others have to wait.",
        ],
        reviews: [
            "Watch the figures for a week after the change, and keep the way back open until then.",
            "Write down what was decided and why, where the next person will look for it.",
        ])

    private static let learning = Field(
        "learn learning study studies school course courses teach teacher student students exam language training lesson",
        measures: [
            "Start with a short test of what is known already, so that the time goes where it is needed.",
            "First name one thing that you want to be able to do, and the day by which it should work.",
        ],
        options: [
            "Then choose one main source and one way to practise, and give them a fixed half hour a day.",
            "Next, cut {s} into pieces of one week each, and end every week by explaining it to somebody.",
        ],
        reviews: [
            "Repeat what was hard after one day, one week and one month.",
            "Test yourself again at the half-way mark, and drop what is not helping.",
        ])

    /// For everything else.
    static let general = Field(
        "",
        measures: [
            "Start by writing down where things stand with {s}, what would count as success, and by when.",
            "First collect the facts about {f}: who is affected, what it costs today, and what cannot be moved.",
            "Begin with one question: which part of {s} would change the most if nothing were done?",
        ],
        options: [
            "Then name three ways forward, doing nothing among them, and compare them by cost, time and what could go wrong.",
            "Next, set a limit in money and in days, and choose the smallest step that shows whether the way is right.",
            "After that, check who has to agree, what has to be ready first, and what can be undone later.",
        ],
        reviews: [
            "Put a date on the first step now, and a second one to look at the result.",
            "Review it after two weeks, and keep what worked rather than what was planned.",
            "Write down who does what until when, and look at that list once a week.",
        ])
}
