import Synchronization

/// The registry of a server's counters, gauges and histograms, and their Prometheus text.
///
/// Asking twice for the same name and labels gives the same instrument. Names, help and label names are literals. Label
/// *values* may come from a project file, so their number is bounded: past `maximumSeries` of one name, new values share
/// one series whose label values are all `other`.
public final class Metrics: Sendable {
    /// Label names and values of one series.
    public typealias Labels = KeyValuePairs<StaticString, String>

    /// A label value is cut at this many characters.
    public static let maximumLabelLength = 64

    private enum Instrument {
        case counter(Counter)
        case gauge(Gauge)
        case histogram(Histogram)

        var typeName: String {
            switch self {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            }
        }
    }

    private struct Family {
        let help: String
        /// By the rendered labels, such as `provider="Local"`.
        var series: [String: Instrument] = [:]
    }

    private let maximumSeries: Int
    private let families = Mutex<[String: Family]>([:])

    /// An empty registry that keeps at most `maximumSeries` (at least 1) label combinations of each name.
    public init(maximumSeries: Int = 100) {
        self.maximumSeries = max(1, maximumSeries)
    }

    /// The counter of that name and those labels; by custom its name ends in `_total`.
    public func counter(_ name: StaticString, help: StaticString, labels: Labels = [:]) -> Counter {
        let instrument = instrument(name, help, labels) { .counter(Counter()) }
        guard case .counter(let counter) = instrument else { preconditionFailure("\(name) is no counter") }
        return counter
    }

    /// The gauge of that name and those labels.
    public func gauge(_ name: StaticString, help: StaticString, labels: Labels = [:]) -> Gauge {
        let instrument = instrument(name, help, labels) { .gauge(Gauge()) }
        guard case .gauge(let gauge) = instrument else { preconditionFailure("\(name) is no gauge") }
        return gauge
    }

    /// The histogram of that name and those labels.
    /// - Parameter buckets: upper bounds in any order; they count when the series is made.
    public func histogram(
        _ name: StaticString, help: StaticString, labels: Labels = [:], buckets: [Double] = Histogram.latencyBuckets
    ) -> Histogram {
        let instrument = instrument(name, help, labels) {
            .histogram(Histogram(bounds: Set(buckets.filter(\.isFinite)).sorted()))
        }
        guard case .histogram(let histogram) = instrument else { preconditionFailure("\(name) is no histogram") }
        return histogram
    }

    private func instrument(
        _ name: StaticString, _ help: StaticString, _ labels: Labels, make: () -> Instrument
    ) -> Instrument {
        let key = Self.rendered(labels)
        return families.withLock { families in
            var family = families["\(name)"] ?? Family(help: "\(help)")
            if let known = family.series[key] { return known }
            // The shared series comes on top of the bound.
            let isFull = family.series.count >= maximumSeries
            let shared = isFull ? Self.rendered(labels, every: "other") : key
            if let known = family.series[shared] { return known }
            let new = make()
            if let other = family.series.values.first {
                precondition(other.typeName == new.typeName, "\(name) is a \(other.typeName)")
            }
            family.series[shared] = new
            families["\(name)"] = family
            return new
        }
    }

    /// Everything in Prometheus' text format 0.0.4, sorted by name and labels.
    public func render() -> String {
        let families = families.withLock { $0 }
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            guard let type = family.series.values.first?.typeName else { continue }
            text += "# HELP \(name) \(Self.escaped(family.help, quotes: false))\n# TYPE \(name) \(type)\n"
            for (labels, instrument) in family.series.sorted(by: { $0.key < $1.key }) {
                switch instrument {
                case .counter(let counter): text += "\(Self.sample(name, labels)) \(counter.value)\n"
                case .gauge(let gauge): text += "\(Self.sample(name, labels)) \(Self.number(gauge.value))\n"
                case .histogram(let histogram): text += Self.lines(name, labels, histogram.snapshot)
                }
            }
        }
        return text
    }

    private static func lines(_ name: String, _ labels: String, _ snapshot: Histogram.Snapshot) -> String {
        var text = ""
        var below = 0
        for (index, count) in snapshot.counts.enumerated() {
            below += count
            let bound = index < snapshot.bounds.count ? number(snapshot.bounds[index]) : "+Inf"
            let bucket = (labels.isEmpty ? "" : labels + ",") + "le=\"\(bound)\""
            text += "\(name)_bucket{\(bucket)} \(below)\n"
        }
        text += "\(sample(name + "_sum", labels)) \(number(snapshot.sum))\n"
        text += "\(sample(name + "_count", labels)) \(below)\n"
        return text
    }

    private static func sample(_ name: String, _ labels: String) -> String {
        labels.isEmpty ? name : "\(name){\(labels)}"
    }

    private static func rendered(_ labels: Labels, every value: String? = nil) -> String {
        labels.map { label in
            "\(label.key)=\"\(escaped(String((value ?? label.value).prefix(maximumLabelLength)), quotes: true))\""
        }
        .joined(separator: ",")
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Whole numbers without their ".0"; infinities as Prometheus spells them.
    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return Int(exactly: value).map(String.init) ?? "\(value)"
    }
}
