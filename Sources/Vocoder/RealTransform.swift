/// The Fourier transform of 1200 real samples and back, of eight frames at once: each frame has a lane of its own, so that
/// nothing is ever shuffled.
///
/// Pairs of samples make complex numbers, whose transform of 600 = 5·5·4·3·2 is computed in five passes between two
/// buffers (Stockham's order, decimation in frequency).
final class RealTransform {
    /// Samples of a frame.
    static let size = 1200
    /// Frequencies of a frame, from nothing to half the sample rate.
    static let bins = 601

    /// Eight complex numbers.
    struct Value {
        var re: Lanes
        var im: Lanes
    }

    private static let half = 600
    private static let radices = [5, 5, 4, 3, 2]

    /// e^(-2πi·k/600).
    private let turns: UnsafeMutablePointer<(re: Float, im: Float)>
    /// e^(-2πi·k/1200), for the last step of real transforms.
    private let halfTurns: UnsafeMutablePointer<(re: Float, im: Float)>
    private let work: UnsafeMutablePointer<Value>
    /// 600 complex numbers: pairs of samples, or what they are transformed to.
    let pairs: UnsafeMutablePointer<Value>

    init() {
        turns = .allocate(capacity: Self.half)
        halfTurns = .allocate(capacity: Self.bins)
        work = .allocate(capacity: Self.half)
        pairs = .allocate(capacity: Self.half)
        for index in 0..<Self.half {
            let wave = LaneMath.exactWave(turns: -Double(index) / Double(Self.half))
            (turns + index).initialize(to: (Float(wave.cosine), Float(wave.sine)))
        }
        for index in 0..<Self.bins {
            let wave = LaneMath.exactWave(turns: -Double(index) / Double(Self.size))
            (halfTurns + index).initialize(to: (Float(wave.cosine), Float(wave.sine)))
        }
        work.initialize(repeating: Value(re: .zero, im: .zero), count: Self.half)
        pairs.initialize(repeating: Value(re: .zero, im: .zero), count: Self.half)
    }

    deinit {
        turns.deallocate()
        halfTurns.deallocate()
        work.deallocate()
        pairs.deallocate()
    }

    /// Transforms the samples in `pairs` and writes 601 frequencies to `spectrum`.
    func forward(into spectrum: UnsafeMutablePointer<Value>) {
        transform()
        for bin in 0..<Self.bins {
            let a = pairs[bin == Self.half ? 0 : bin]
            let b = pairs[bin == 0 ? 0 : Self.half - bin]
            let turn = halfTurns[bin]
            // The even samples' spectrum, and the odd ones', which are half a step late.
            let (evenRe, evenIm) = (a.re + b.re, a.im - b.im)
            let (oddRe, oddIm) = (a.im + b.im, b.re - a.re)
            spectrum[bin] = Value(
                re: (evenRe + oddRe * turn.re - oddIm * turn.im) * 0.5,
                im: (evenIm + oddRe * turn.im + oddIm * turn.re) * 0.5)
        }
    }

    /// Transforms 601 frequencies back; `pairs` then holds the samples.
    func inverse(from spectrum: UnsafePointer<Value>) {
        for bin in 0..<Self.half {
            var a = spectrum[bin]
            var b = spectrum[Self.half - bin]
            if bin == 0 {
                // These two are real for real samples.
                a.im = .zero
                b.im = .zero
            }
            let turn = halfTurns[bin]
            let (evenRe, evenIm) = (a.re + b.re, a.im - b.im)
            let (lateRe, lateIm) = (a.re - b.re, a.im + b.im)
            let (oddRe, oddIm) = (lateRe * turn.re + lateIm * turn.im, lateIm * turn.re - lateRe * turn.im)
            // Real and imaginary parts swapped: the forward transform then is the inverse one.
            pairs[bin] = Value(re: evenIm + oddRe, im: evenRe - oddIm)
        }
        transform()
        let scale = Float(1) / Float(Self.size)
        for index in 0..<Self.half {
            let value = pairs[index]
            pairs[index] = Value(re: value.im * scale, im: value.re * scale)
        }
    }

    /// The complex transform of `pairs`, in place.
    private func transform() {
        var (source, target) = (pairs, work)
        var (length, stride) = (Self.half, 1)
        for radix in Self.radices {
            switch radix {
            case 2: pass2(source, target, stride)
            case 3: pass3(source, target, length, stride)
            case 4: pass4(source, target, length, stride)
            default: pass5(source, target, length, stride)
            }
            length /= radix
            stride *= radix
            swap(&source, &target)
        }
        if source != pairs { pairs.update(from: source, count: Self.half) }
    }
}

// MARK: - Passes

extension RealTransform {
    private typealias Row = UnsafeMutablePointer<Value>

    @inline(__always)
    private func turned(_ re: Lanes, _ im: Lanes, by exponent: Int) -> Value {
        let turn = turns[exponent]
        return Value(re: re * turn.re - im * turn.im, im: re * turn.im + im * turn.re)
    }

    /// The last pass: nothing is left to turn.
    private func pass2(_ source: Row, _ target: Row, _ stride: Int) {
        for q in 0..<stride {
            let (a, b) = (source[q], source[q + stride])
            target[q] = Value(re: a.re + b.re, im: a.im + b.im)
            target[q + stride] = Value(re: a.re - b.re, im: a.im - b.im)
        }
    }

    private func pass3(_ source: Row, _ target: Row, _ length: Int, _ stride: Int) {
        let part = length / 3
        for p in 0..<part {
            let (one, two) = (p * stride, 2 * p * stride)
            for q in 0..<stride {
                let row = source + (q + stride * p)
                let (a, b, c) = (row[0], row[stride * part], row[2 * stride * part])
                let (sumRe, sumIm) = (b.re + c.re, b.im + c.im)
                let (midRe, midIm) = (a.re - sumRe * 0.5, a.im - sumIm * 0.5)
                let (sideRe, sideIm) = ((b.im - c.im) * 0.866_025_404, (c.re - b.re) * 0.866_025_404)
                let out = target + (q + stride * 3 * p)
                out[0] = Value(re: a.re + sumRe, im: a.im + sumIm)
                out[stride] = turned(midRe + sideRe, midIm + sideIm, by: one)
                out[2 * stride] = turned(midRe - sideRe, midIm - sideIm, by: two)
            }
        }
    }

    private func pass4(_ source: Row, _ target: Row, _ length: Int, _ stride: Int) {
        let part = length / 4
        for p in 0..<part {
            let step = p * stride
            for q in 0..<stride {
                let row = source + (q + stride * p)
                let (a, b) = (row[0], row[stride * part])
                let (c, d) = (row[2 * stride * part], row[3 * stride * part])
                let (acRe, acIm, bdRe, bdIm) = (a.re + c.re, a.im + c.im, b.re + d.re, b.im + d.im)
                let (xRe, xIm, yRe, yIm) = (a.re - c.re, a.im - c.im, b.im - d.im, d.re - b.re)
                let out = target + (q + stride * 4 * p)
                out[0] = Value(re: acRe + bdRe, im: acIm + bdIm)
                out[stride] = turned(xRe + yRe, xIm + yIm, by: step)
                out[2 * stride] = turned(acRe - bdRe, acIm - bdIm, by: 2 * step)
                out[3 * stride] = turned(xRe - yRe, xIm - yIm, by: 3 * step)
            }
        }
    }

    private func pass5(_ source: Row, _ target: Row, _ length: Int, _ stride: Int) {
        // Cosines and sines of one and two fifths of a turn.
        let (cosOne, cosTwo) = (Float(0.309_016_994), Float(-0.809_016_994))
        let (sinOne, sinTwo) = (Float(0.951_056_516), Float(0.587_785_252))
        let part = length / 5
        for p in 0..<part {
            let step = p * stride
            for q in 0..<stride {
                let row = source + (q + stride * p)
                let a = row[0]
                let (b, c) = (row[stride * part], row[2 * stride * part])
                let (d, e) = (row[3 * stride * part], row[4 * stride * part])
                let (beRe, beIm, cdRe, cdIm) = (b.re + e.re, b.im + e.im, c.re + d.re, c.im + d.im)
                let (bxRe, bxIm, cxRe, cxIm) = (b.re - e.re, b.im - e.im, c.re - d.re, c.im - d.im)
                let (oneRe, oneIm) = (
                    a.re + beRe * cosOne + cdRe * cosTwo, a.im + beIm * cosOne + cdIm * cosTwo
                )
                let (twoRe, twoIm) = (
                    a.re + beRe * cosTwo + cdRe * cosOne, a.im + beIm * cosTwo + cdIm * cosOne
                )
                let (uRe, uIm) = (bxIm * sinOne + cxIm * sinTwo, -(bxRe * sinOne + cxRe * sinTwo))
                let (vRe, vIm) = (bxIm * sinTwo - cxIm * sinOne, -(bxRe * sinTwo - cxRe * sinOne))
                let out = target + (q + stride * 5 * p)
                out[0] = Value(re: a.re + beRe + cdRe, im: a.im + beIm + cdIm)
                out[stride] = turned(oneRe + uRe, oneIm + uIm, by: step)
                out[2 * stride] = turned(twoRe + vRe, twoIm + vIm, by: 2 * step)
                out[3 * stride] = turned(twoRe - vRe, twoIm - vIm, by: 3 * step)
                out[4 * stride] = turned(oneRe - uRe, oneIm - uIm, by: 4 * step)
            }
        }
    }
}
