/// The few words of a language that its numbers need beside themselves. Empty where a language says it another way; then
/// the written sign stays.
struct LocalWords: Sendable {
    /// Between the ends of a span: "bis".
    var to = ""
    /// Between an amount and what it is for: "pro".
    var per = ""
    /// Behind a number: "Prozent".
    var percent = ""
    /// In front of it instead: "yüzde".
    var percentBefore = ""
    /// In a version: "Punkt".
    var point = ""
    /// A time of day: `H` and `M` stand for hour and minute.
    var time = "H M"
    /// The same on the hour.
    var fullHour = "H"
    /// Words that may follow a written time and are in it already.
    var hourWords: Set<String> = []
    /// Between an amount's whole part and its hundredths; nil when they are read as a decimal fraction.
    var cents: String?
    /// One of something, where it differs from the number.
    var one: (masculine: String, feminine: String)?
    /// Which units of time are feminine.
    var feminine: Set<SpokenTimeUnit> = []
    var year = Year.asWritten

    /// How four digits that may be a year are said.
    enum Year {
        /// Nobody but the voice knows: the digits stay.
        case asWritten
        /// As any number.
        case asNumber
        /// In hundreds before the year 2000, with this word between.
        case inHundreds(String)
    }

    /// The words of a language, by its first subtag.
    static func of(_ language: String) -> LocalWords { all[language] ?? LocalWords() }

    private static let all: [String: LocalWords] = [
        "de": LocalWords(
            to: "bis", per: "pro", percent: "Prozent", point: "Punkt", time: "H Uhr M", fullHour: "H Uhr",
            hourWords: ["uhr", "h"], cents: " ", one: ("ein", "eine"), feminine: [.hours, .minutes, .seconds],
            year: .inHundreds("hundert")),
        "fr": LocalWords(
            to: "à", per: "par", percent: "pour cent", point: "point", time: "H heures M", fullHour: "H heures",
            hourWords: ["heures", "heure", "h"], cents: " ", one: ("un", "une"),
            feminine: [.hours, .minutes, .seconds], year: .asNumber),
        "es": LocalWords(
            to: "a", per: "por", percent: "por ciento", point: "punto", time: "H y M", hourWords: ["horas", "h"],
            cents: " con ", one: ("un", "una"), feminine: [.hours], year: .asNumber),
        "it": LocalWords(
            to: "a", per: "al", percent: "per cento", point: "punto", time: "H e M", cents: " e ", one: ("un", "un'"),
            feminine: [.hours], year: .asNumber),
        "pt": LocalWords(
            to: "a", per: "por", percent: "por cento", point: "ponto", time: "H e M", hourWords: ["horas", "h"],
            cents: " e ", one: ("um", "uma"), feminine: [.hours], year: .asNumber),
        "nl": LocalWords(
            to: "tot", per: "per", percent: "procent", point: "punt", time: "H uur M", fullHour: "H uur",
            hourWords: ["uur", "u"], cents: " ", one: ("een", "een"), year: .inHundreds("honderd")),
        "sv": LocalWords(to: "till", per: "per", percent: "procent", point: "punkt", year: .inHundreds("hundra")),
        "da": LocalWords(to: "til", per: "per", percent: "procent", point: "punktum", year: .inHundreds("hundrede")),
        "nb": norwegian, "no": norwegian, "nn": norwegian,
        "fi": LocalWords(to: "viiva", per: "per", percent: "prosenttia", point: "piste", year: .asNumber),
        "pl": LocalWords(to: "do", per: "na", percent: "procent", point: "kropka"),
        "cs": LocalWords(to: "až", per: "za", percent: "procent", point: "tečka"),
        "ru": LocalWords(to: "до", per: "в", percent: "процентов", point: "точка"),
        "uk": LocalWords(to: "до", per: "на", percent: "відсотків", point: "крапка"),
        "tr": LocalWords(to: "ila", percentBefore: "yüzde", point: "nokta", year: .asNumber),
        "el": LocalWords(to: "έως", per: "ανά", percent: "τοις εκατό", point: "τελεία", year: .asNumber),
        "hu": LocalWords(percent: "százalék", point: "pont", time: "H óra M perc", fullHour: "H óra", year: .asNumber),
        "ro": LocalWords(to: "până la", per: "pe", percent: "la sută", point: "punct", year: .asNumber),
        "ca": LocalWords(to: "a", per: "per", percent: "per cent", point: "punt", year: .asNumber),
        "id": LocalWords(to: "sampai", per: "per", percent: "persen", point: "titik", year: .asNumber),
        "ms": LocalWords(to: "hingga", per: "setiap", percent: "peratus", point: "titik", year: .asNumber),
        "vi": LocalWords(
            to: "đến", per: "mỗi", percent: "phần trăm", point: "chấm", time: "H giờ M", fullHour: "H giờ",
            year: .asNumber),
        "th": LocalWords(
            to: "ถึง", per: "ต่อ", percent: "เปอร์เซ็นต์", point: "จุด", time: "H นาฬิกา M นาที", fullHour: "H นาฬิกา"),
        "ja": LocalWords(
            to: "から", percent: "パーセント", point: "点", time: "H時M分", fullHour: "H時", hourWords: ["時"]),
        "zh": LocalWords(to: "到", per: "每", percentBefore: "百分之", point: "点", time: "H点M分", fullHour: "H点"),
        "ko": LocalWords(to: "에서 ", percent: "퍼센트", point: "점", time: "H시 M분", fullHour: "H시"),
        "ar": LocalWords(to: "إلى", per: "في", percent: "بالمئة", point: "نقطة"),
        "he": LocalWords(to: "עד", percent: "אחוז", point: "נקודה"),
        "hi": LocalWords(to: "से", per: "प्रति", percent: "प्रतिशत", point: "बिंदु", time: "H बजकर M मिनट", fullHour: "H बजे"),
    ]

    private static let norwegian = LocalWords(
        to: "til", per: "per", percent: "prosent", point: "punktum", year: .inHundreds("hundre"))

    /// Units by their sign, one and many, for the languages whose voices are known to stumble over signs.
    static func unit(_ sign: String, in language: String) -> (one: String, many: String)? {
        units[language]?[sign]
    }

    private static let units: [String: [String: (String, String)]] = [
        "de": same([
            "km": "Kilometer", "m": "Meter", "cm": "Zentimeter", "mm": "Millimeter", "kg": "Kilogramm", "g": "Gramm",
            "mg": "Milligramm", "l": "Liter", "ml": "Milliliter", "°C": "Grad Celsius", "°": "Grad", "W": "Watt",
            "kW": "Kilowatt", "km/h": "Kilometer pro Stunde", "m²": "Quadratmeter", "GB": "Gigabyte", "MB": "Megabyte",
        ]).merging(["kWh": ("Kilowattstunde", "Kilowattstunden")]) { old, _ in old },
        "nl": same([
            "km": "kilometer", "m": "meter", "cm": "centimeter", "mm": "millimeter", "kg": "kilogram", "g": "gram",
            "mg": "milligram", "l": "liter", "ml": "milliliter", "W": "watt", "kW": "kilowatt",
            "km/h": "kilometer per uur", "m²": "vierkante meter", "kWh": "kilowattuur", "GB": "gigabyte",
            "MB": "megabyte",
        ]).merging(["°C": ("graad Celsius", "graden Celsius"), "°": ("graad", "graden")]) { old, _ in old },
        "fr": plural([
            "km": "kilomètre", "m": "mètre", "cm": "centimètre", "mm": "millimètre", "kg": "kilogramme", "g": "gramme",
            "mg": "milligramme", "l": "litre", "ml": "millilitre", "W": "watt", "kW": "kilowatt", "°": "degré",
            "GB": "gigaoctet", "Go": "gigaoctet", "MB": "mégaoctet", "Mo": "mégaoctet", "kWh": "kilowattheure",
        ]).merging([
            "°C": ("degré Celsius", "degrés Celsius"), "km/h": ("kilomètre par heure", "kilomètres par heure"),
            "m²": ("mètre carré", "mètres carrés"),
        ]) { old, _ in old },
        "es": plural([
            "km": "kilómetro", "m": "metro", "cm": "centímetro", "mm": "milímetro", "kg": "kilogramo", "g": "gramo",
            "mg": "miligramo", "l": "litro", "ml": "mililitro", "kW": "kilovatio", "W": "vatio", "°": "grado",
            "GB": "gigabyte", "MB": "megabyte",
        ]).merging([
            "°C": ("grado Celsius", "grados Celsius"), "km/h": ("kilómetro por hora", "kilómetros por hora"),
            "m²": ("metro cuadrado", "metros cuadrados"), "kWh": ("kilovatio hora", "kilovatios hora"),
        ]) { old, _ in old },
        "it": [
            "km": ("chilometro", "chilometri"), "m": ("metro", "metri"), "cm": ("centimetro", "centimetri"),
            "mm": ("millimetro", "millimetri"), "kg": ("chilogrammo", "chilogrammi"), "g": ("grammo", "grammi"),
            "l": ("litro", "litri"), "ml": ("millilitro", "millilitri"), "°C": ("grado Celsius", "gradi Celsius"),
            "km/h": ("chilometro all'ora", "chilometri all'ora"), "m²": ("metro quadrato", "metri quadrati"),
            "kWh": ("chilowattora", "chilowattora"), "°": ("grado", "gradi"),
        ],
        "pt": plural([
            "km": "quilômetro", "m": "metro", "cm": "centímetro", "mm": "milímetro", "kg": "quilograma", "g": "grama",
            "l": "litro", "ml": "mililitro", "°": "grau", "GB": "gigabyte", "MB": "megabyte",
        ]).merging([
            "°C": ("grau Celsius", "graus Celsius"), "km/h": ("quilômetro por hora", "quilômetros por hora"),
            "m²": ("metro quadrado", "metros quadrados"), "kWh": ("quilowatt-hora", "quilowatts-hora"),
        ]) { old, _ in old },
    ]

    private static func same(_ names: [String: String]) -> [String: (String, String)] { names.mapValues { ($0, $0) } }
    private static func plural(_ names: [String: String]) -> [String: (String, String)] {
        names.mapValues { ($0, $0 + "s") }
    }
}
