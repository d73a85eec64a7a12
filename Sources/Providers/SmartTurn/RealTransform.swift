import Foundation

/// The Fourier transform of real signals, of eight signals at once: each lane of the vectors is a signal.
///
/// A signal of even length `n` is taken as `n / 2` complex numbers. Their transform is made of one step for each factor of
/// `n / 2`; a step is the small transform as its definition has it, so factors should be small. The order comes out right
/// by itself (Stockham).
struct RealTransform: Sendable {
    typealias Lanes = SIMD8<Float>

    /// A complex number for each lane.
    struct Complex {
        var real: Lanes
        var imaginary: Lanes

        static let zero = Complex(real: .zero, imaginary: .zero)

        static func * (value: Complex, root: Root) -> Complex {
            Complex(
                real: value.real * root.real - value.imaginary * root.imaginary,
                imaginary: value.real * root.imaginary + value.imaginary * root.real)
        }

        static func += (sum: inout Complex, value: Complex) {
            sum.real += value.real
            sum.imaginary += value.imaginary
        }
    }

    /// A root of unity.
    struct Root: Sendable {
        let real: Float
        let imaginary: Float
    }

    /// Samples in a signal.
    let length: Int
    private let half: Int
    private let factors: [Int]
    /// The powers of e^(-2πi / length).
    private let roots: [Root]

    /// A transform of `length` samples (even).
    init(length: Int) {
        precondition(length >= 2 && length.isMultiple(of: 2), "the length is even")
        self.length = length
        half = length / 2
        var (rest, factors) = (half, [Int]())
        for factor in [5, 4, 3, 2] + Array(stride(from: 7, through: max(7, half), by: 2)) {
            while rest.isMultiple(of: factor) {
                factors.append(factor)
                rest /= factor
            }
        }
        self.factors = factors
        roots = (0..<length).map { [length] power in
            let angle = -2 * Double.pi * Double(power) / Double(length)
            return Root(real: Float(cos(angle)), imaginary: Float(sin(angle)))
        }
    }

    /// The squared magnitudes of the frequencies 0…length / 2 of `signals`, of which each has `length` samples.
    func power(of signals: [Lanes]) -> [Lanes] {
        var values = (0..<half).map { Complex(real: signals[2 * $0], imaginary: signals[2 * $0 + 1]) }
        transform(&values)
        return (0...half).map { frequency in
            // The even and the odd samples' transforms lie in one: apart, they are symmetric and antisymmetric.
            let (here, there) = (values[frequency % half], values[(half - frequency) % half])
            let even = Complex(real: here.real + there.real, imaginary: here.imaginary - there.imaginary)
            let odd = Complex(real: here.imaginary + there.imaginary, imaginary: there.real - here.real)
            var sum = odd * roots[frequency]
            sum += even
            return (sum.real * sum.real + sum.imaginary * sum.imaginary) * 0.25
        }
    }

    /// The transform of `half` complex numbers, in place.
    private func transform(_ values: inout [Complex]) {
        var next = [Complex](repeating: .zero, count: half)
        var done = 1
        for factor in factors {
            let left = half / (done * factor)
            for place in 0..<left {
                for output in 0..<factor {
                    let twiddle = root(place * output * done, of: half)
                    for offset in 0..<done {
                        var sum = values[offset + done * place]
                        for input in 1..<factor {
                            let value = values[offset + done * (place + left * input)]
                            sum += value * root(input * output * (half / factor), of: half)
                        }
                        next[offset + done * (factor * place + output)] = sum * twiddle
                    }
                }
            }
            swap(&values, &next)
            done *= factor
        }
    }

    /// e^(-2πi · power / count); `count` divides `length`.
    private func root(_ power: Int, of count: Int) -> Root { roots[power % count * (length / count)] }
}
