/// The word lists of the English reader.
enum EnglishWords {
    /// Abbreviations that want a full stop (which is swallowed) or mean the same without. The key is in small letters.
    static let dotted: [String: String] = [
        "dr": "Doctor", "mr": "Mister", "mrs": "Missus", "ms": "Miz", "prof": "Professor", "e.g": "for example",
        "i.e": "that is", "etc": "et cetera", "vs": "versus", "approx": "approximately", "inc": "Incorporated",
        "ltd": "Limited", "corp": "Corporation", "jr": "Junior", "sr": "Senior", "dept": "department", "u.s": "U S",
        "u.k": "U K", "u.s.a": "U S A", "e.u": "E U", "u.n": "U N", "a.m": "a m", "p.m": "p m", "ph.d": "P H D",
        "d.c": "D C", "jan": "January", "feb": "February", "aug": "August", "sept": "September", "oct": "October",
        "nov": "November", "dec": "December", "incl": "including", "excl": "excluding", "avg": "average",
        "cf": "compare",
        "p.a": "per year", "gov": "Governor", "gen": "General", "mt": "Mount",
    ]

    /// Abbreviations that end a sentence when a capital follows.
    static let mayEnd: Set<String> = [
        "etc", "inc", "ltd", "corp", "jr", "sr", "u.s", "u.k", "u.s.a", "e.u", "u.n", "a.m", "p.m", "ph.d", "d.c",
        "p.a",
        "dept",
    ]

    /// Short forms that need no full stop.
    static let plain: [String: String] = [
        "w/": "with", "w/o": "without", "&": "and", "+": "plus", "=": "equals", "<": "less than", ">": "greater than",
        "≤": "at most", "≥": "at least", "≈": "about", "≠": "is not", "±": "plus or minus", "×": "times",
        "÷": "divided by",
        "@": "at", "%": "percent", "vs": "versus", "c++": "C plus plus", "c#": "C sharp", "f#": "F sharp",
        "r&d": "R and D", "q&a": "Q and A", "m&a": "M and A", "p&l": "P and L", "24/7": "twenty-four seven",
        "9/11": "nine eleven", "401k": "four oh one k", "401(k)": "four oh one k", "–": ",", "-": ",", "--": ",",
        "—": ",", "/": "or",
    ]

    static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]

    static func month(_ number: Int) -> String? {
        guard (1...12).contains(number) else { return nil }
        return months[number - 1].prefix(1).uppercased() + months[number - 1].dropFirst()
    }

    /// Signs and codes of currencies: singular, plural, and the hundredth of it.
    static let currencies: [String: (one: String, many: String, cent: String, cents: String)] = [
        "$": ("dollar", "dollars", "cent", "cents"), "€": ("euro", "euros", "cent", "cents"),
        "£": ("pound", "pounds", "penny", "pence"), "¥": ("yen", "yen", "sen", "sen"),
        "₹": ("rupee", "rupees", "paisa", "paise"), "¢": ("cent", "cents", "", ""),
        "₩": ("won", "won", "", ""), "₿": ("bitcoin", "bitcoins", "", ""),
        "USD": ("US dollar", "US dollars", "cent", "cents"), "EUR": ("euro", "euros", "cent", "cents"),
        "GBP": ("pound", "pounds", "penny", "pence"), "JPY": ("yen", "yen", "sen", "sen"),
        "CHF": ("Swiss franc", "Swiss francs", "centime", "centimes"),
        "CAD": ("Canadian dollar", "Canadian dollars", "cent", "cents"),
        "AUD": ("Australian dollar", "Australian dollars", "cent", "cents"),
        "INR": ("rupee", "rupees", "paisa", "paise"), "CNY": ("yuan", "yuan", "fen", "fen"),
    ]

    /// Letters in front of a currency's sign: `US$`.
    static let countries = [
        "US": "US ", "A": "Australian ", "C": "Canadian ", "CA": "Canadian ", "NZ": "New Zealand ", "HK": "Hong Kong ",
        "": "",
    ]

    static let magnitudes: [String: String] = [
        "k": "thousand", "K": "thousand", "m": "million", "M": "million", "mn": "million", "bn": "billion",
        "B": "billion",
        "b": "billion", "tn": "trillion", "T": "trillion", "million": "million", "billion": "billion",
        "trillion": "trillion", "thousand": "thousand", "hundred": "hundred",
    ]

    /// What prices and rates are per, by how it is shortened.
    static let rates: [String: String] = [
        "mo": "month", "mth": "month", "mon": "month", "yr": "year", "y": "year", "a": "year", "wk": "week",
        "w": "week",
        "d": "day", "h": "hour", "hr": "hour", "min": "minute", "s": "second", "sec": "second", "pp": "person",
        "pc": "piece", "ea": "piece", "u": "unit",
    ]

    /// Words behind which a number is one of points: "Python 3.12".
    static let versioned: Set<String> = [
        "version", "versions", "release", "build", "ios", "ipados", "macos", "android", "python", "swift", "java",
        "ubuntu", "debian", "kernel", "chapter", "section",
    ]

    /// Words behind which digits are a name.
    static let named: Set<String> = [
        "code", "codes", "pin", "zip", "id", "order", "ticket", "account", "reference", "ref", "extension", "ext",
        "password", "passcode", "serial", "tracking", "booking", "confirmation", "invoice", "postcode",
    ]

    /// Days and months as they are shortened in spans: "Mon–Fri".
    static let shortNames: [String: String] = [
        "mon": "Monday", "tue": "Tuesday", "tues": "Tuesday", "wed": "Wednesday", "thu": "Thursday",
        "thurs": "Thursday", "fri": "Friday", "sat": "Saturday", "sun": "Sunday", "jan": "January", "feb": "February",
        "mar": "March", "apr": "April", "may": "May", "jun": "June", "jul": "July", "aug": "August",
        "sep": "September", "sept": "September", "oct": "October", "nov": "November", "dec": "December",
    ]

    /// Units by their sign: singular and plural.
    static let units: [String: (String, String)] = [
        "km": ("kilometer", "kilometers"), "m": ("meter", "meters"), "cm": ("centimeter", "centimeters"),
        "mm": ("millimeter", "millimeters"), "ft": ("foot", "feet"), "mi": ("mile", "miles"), "yd": ("yard", "yards"),
        "kg": ("kilogram", "kilograms"), "g": ("gram", "grams"), "mg": ("milligram", "milligrams"),
        "lb": ("pound", "pounds"), "lbs": ("pound", "pounds"), "oz": ("ounce", "ounces"), "l": ("liter", "liters"),
        "L": ("liter", "liters"), "ml": ("milliliter", "milliliters"), "s": ("second", "seconds"),
        "sec": ("second", "seconds"), "ms": ("millisecond", "milliseconds"), "min": ("minute", "minutes"),
        "h": ("hour", "hours"), "hr": ("hour", "hours"), "hrs": ("hour", "hours"), "kB": ("kilobyte", "kilobytes"),
        "KB": ("kilobyte", "kilobytes"), "MB": ("megabyte", "megabytes"), "GB": ("gigabyte", "gigabytes"),
        "TB": ("terabyte", "terabytes"), "Hz": ("hertz", "hertz"), "kHz": ("kilohertz", "kilohertz"),
        "MHz": ("megahertz", "megahertz"), "GHz": ("gigahertz", "gigahertz"), "W": ("watt", "watts"),
        "kW": ("kilowatt", "kilowatts"), "kWh": ("kilowatt hour", "kilowatt hours"), "V": ("volt", "volts"),
        "km/h": ("kilometer per hour", "kilometers per hour"), "mph": ("mile per hour", "miles per hour"),
        "m/s": ("meter per second", "meters per second"), "°C": ("degree Celsius", "degrees Celsius"),
        "°F": ("degree Fahrenheit", "degrees Fahrenheit"), "°": ("degree", "degrees"), "%": ("percent", "percent"),
        "km²": ("square kilometer", "square kilometers"), "m²": ("square meter", "square meters"),
        "m³": ("cubic meter", "cubic meters"), "bps": ("basis point", "basis points"), "x": ("times", "times"),
        "kJ": ("kilojoule", "kilojoules"), "kcal": ("kilocalorie", "kilocalories"),
        "mAh": ("milliamp hour", "milliamp hours"),
        "hPa": ("hectopascal", "hectopascals"), "ha": ("hectare", "hectares"),
        "rpm": ("turn per minute", "turns per minute"),
        "bpm": ("beat per minute", "beats per minute"), "Mbps": ("megabit per second", "megabits per second"),
        "Mbit": ("megabit", "megabits"), "Gbps": ("gigabit per second", "gigabits per second"),
        "kbps": ("kilobit per second", "kilobits per second"), "psi": ("P S I", "P S I"),
        "gal": ("gallon", "gallons"), "mA": ("milliamp", "milliamps"), "A": ("amp", "amps"),
        "kV": ("kilovolt", "kilovolts"), "MW": ("megawatt", "megawatts"), "t": ("ton", "tons"),
        "μm": ("micrometer", "micrometers"), "mcg": ("microgram", "micrograms"),
        "cm²": ("square centimeter", "square centimeters"),
        "cm³": ("cubic centimeter", "cubic centimeters"), "km³": ("cubic kilometer", "cubic kilometers"),
        "‰": ("per mille", "per mille"), "dB": ("decibel", "decibels"), "pp": ("percentage point", "percentage points"),
    ]

    /// Words after which four digits are a year.
    static let beforeYear: Set<String> = [
        "in", "since", "until", "till", "by", "from", "to", "year", "before", "after", "during", "early", "late", "mid",
        "around", "of", "and", "spring", "summer", "autumn", "fall", "winter", "between", "through",
    ]

    /// Endings of host names: "example.com" is read with a "dot".
    static let domains: Set<String> = [
        "com", "org", "net", "io", "ai", "gov", "edu", "uk", "de", "fr", "eu", "ch", "co", "dev", "app", "info", "us",
        "ca",
        "au", "jp", "cn", "in", "it", "es", "nl", "swift", "py", "js", "json", "yaml", "pdf", "txt", "csv",
    ]

    /// What single signs are called when nothing better was found for them.
    static let signs: [Character: String] = [
        "%": "percent", "&": "and", "+": "plus", "=": "equals", "@": "at", "°": "degrees", "€": "euros", "£": "pounds",
        "$": "dollars", "¥": "yen", "₹": "rupees", "§": "section", "½": "one half", "¼": "one quarter",
        "¾": "three quarters", "⅓": "one third", "⅔": "two thirds", "²": "squared", "³": "cubed", "×": "times",
        "÷": "divided by", "≈": "about", "≤": "at most", "≥": "at least", "≠": "is not", "±": "plus or minus",
        "¢": "cents", "µ": "micro", "∞": "infinity", "√": "the root of", "−": "minus", "‰": "per mille",
    ]
}
