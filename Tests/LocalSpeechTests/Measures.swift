/// Measures of recorded speech.
enum Measures {
    /// Root of the mean square, in units of a sample.
    static func level(_ samples: [Int16]) -> Double {
        let power = samples.reduce(0.0) { $0 + Double($1) * Double($1) }
        return (power / Double(max(1, samples.count))).squareRoot()
    }

    /// The median fundamental frequency of the voiced frames, in hertz, by autocorrelation. nil without voiced frames.
    static func pitch(_ samples: [Int16], rate: Int) -> Double? {
        let frame = rate / 20
        var pitches: [Double] = []
        for start in stride(from: 0, to: samples.count - 2 * frame, by: frame) {
            let window = samples[start..<start + 2 * frame].map(Double.init)
            let energy = window[..<frame].reduce(0) { $0 + $1 * $1 }
            guard energy > Double(frame) * 300 * 300 else { continue }
            var best = (lag: 0, score: 0.0)
            for lag in rate / 350...rate / 60 where lag < frame {
                var product = 0.0
                var shifted = 0.0
                for index in 0..<frame {
                    product += window[index] * window[index + lag]
                    shifted += window[index + lag] * window[index + lag]
                }
                let score = product / (energy * max(1, shifted)).squareRoot()
                // A longer lag must be clearly better: multiples of the period look alike.
                if score > best.score + 0.03 { best = (lag, score) }
            }
            if best.score > 0.7 { pitches.append(Double(rate) / Double(best.lag)) }
        }
        return pitches.isEmpty ? nil : pitches.sorted()[pitches.count / 2]
    }

    /// How many words must be put in, taken out or changed to make `heard` of `said`.
    static func wordErrors(said: String, heard: String) -> Int {
        let said = said.split(separator: " ")
        let heard = heard.split(separator: " ")
        var row = Array(0...heard.count)
        for (i, word) in said.enumerated() {
            var corner = row[0]
            row[0] = i + 1
            for (j, other) in heard.enumerated() {
                let change = corner + (word == other ? 0 : 1)
                corner = row[j + 1]
                row[j + 1] = min(change, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[heard.count]
    }
}
