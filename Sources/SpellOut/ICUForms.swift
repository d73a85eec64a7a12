import Foundation
import SpeechText
import Synchronization

/// The words of all languages that ICU, a part of the toolchain's Foundation, can spell out.
///
/// Spellers are kept: one is made in about a millisecond and answers in microseconds. The languages of a server's voices
/// are few; when more than `most` are in use, the one that was used longest ago is made anew.
public final class ICUForms: SpokenForms {
    /// So many languages keep their speller.
    public static let most = 16

    private struct State {
        var spellers: [(language: String, speller: NumberFormatter?)] = []
        var made = 0
    }

    private let state = Mutex(State())

    /// Words of all languages; none is loaded yet.
    public init() {}

    /// How many spellers were made: more than there are languages when `most` is too small.
    public var made: Int { state.withLock(\.made) }

    /// See `SpokenForms`. Nothing that cannot be seen or heard is in it.
    public func number(_ number: String, in language: String) -> String? {
        guard let value = Double(number), value.isFinite else { return nil }
        return state.withLock { state in
            let key = Self.key(language)
            let speller: NumberFormatter?
            if let index = state.spellers.firstIndex(where: { $0.language == key }) {
                speller = state.spellers[index].speller
                // The last used stands last.
                state.spellers.append(state.spellers.remove(at: index))
            } else {
                speller = Self.speller(of: key)
                state.made += 1
                state.spellers.append((key, speller))
                if state.spellers.count > Self.most { state.spellers.removeFirst() }
            }
            guard let text = speller?.string(from: NSNumber(value: value)) else { return nil }
            // Soft hyphens and spaces of no width show where a word may be broken.
            return String(String.UnicodeScalarView(text.unicodeScalars.filter { $0 != "\u{AD}" && $0 != "\u{200B}" }))
        }
    }

    /// See `SpokenForms`.
    public func money(_ amount: String, currency: String, in language: String) -> String? {
        guard let value = Decimal(string: amount, locale: Locale(identifier: "en_US_POSIX")) else { return nil }
        let digits = amount.split(separator: ".").dropFirst().first?.count ?? 0
        return value.formatted(
            .currency(code: currency).presentation(.fullName).precision(.fractionLength(digits))
                .locale(Self.locale(language)))
    }

    /// See `SpokenForms`.
    public func time(_ count: Int, _ unit: SpokenTimeUnit, in language: String) -> String? {
        let (allowed, seconds): (Duration.UnitsFormatStyle.Unit, Int) =
            switch unit {
            case .days: (.days, 86_400)
            case .hours: (.hours, 3600)
            case .minutes: (.minutes, 60)
            case .seconds: (.seconds, 1)
            }
        guard (0...1_000_000).contains(count) else { return nil }
        return Duration.seconds(count * seconds).formatted(
            .units(allowed: [allowed], width: .wide).locale(Self.locale(language)))
    }

    /// See `SpokenForms`. In the Gregorian calendar.
    public func date(year: Int, month: Int, day: Int, in language: String) -> String? {
        var calendar = Calendar(identifier: .gregorian)
        guard let zone = TimeZone(secondsFromGMT: 0) else { return nil }
        calendar.timeZone = zone
        let components = DateComponents(year: year, month: month, day: day)
        guard components.isValidDate(in: calendar), let date = calendar.date(from: components) else { return nil }
        let style = Date.FormatStyle(
            date: .long, time: .omitted, locale: Self.locale(language), calendar: calendar, timeZone: zone)
        return date.formatted(style)
    }

    /// See `SpokenForms`.
    public func separators(in language: String) -> (decimal: Character, grouping: Character)? {
        let locale = Self.locale(language)
        guard let decimal = locale.decimalSeparator?.first, let grouping = locale.groupingSeparator?.first else {
            return nil
        }
        return (decimal, grouping)
    }

    // MARK: -

    private static func key(_ language: String) -> String { language.replacing("-", with: "_") }

    private static func locale(_ language: String) -> Locale { Locale(identifier: key(language)) }

    /// nil for a language that ICU has no words of: it would speak English.
    private static func speller(of key: String) -> NumberFormatter? {
        let speller = NumberFormatter()
        speller.numberStyle = .spellOut
        speller.locale = Locale(identifier: key)
        guard let probe = speller.string(from: 21),
            !probe.unicodeScalars.contains(where: { $0.properties.numericType == .decimal })
        else { return nil }
        return probe == "twenty-one" && !key.hasPrefix("en") ? nil : speller
    }
}
