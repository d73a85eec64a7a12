import CPocketSphinx
import Glibc
import ProviderKit

/// One PocketSphinx decoder: owns the C objects. Every method blocks and computes; call them on a blocking thread, and
/// only while holding the decoder's lease.
///
/// The model's features are normalised by the mean of the speaker's cepstra (loudness, microphone, voice). The library
/// learns that mean only after eight seconds, too late for a question; so an utterance is listened to first (`listen`),
/// its own mean is set, and then it is decoded from its beginning.
final class Decoder: Sendable {
    private let decoder: ForeignHandle<OpaquePointer>
    /// A front end of our own, which computes cepstra without searching words.
    private let frontEnd: ForeignHandle<OpaquePointer>
    private let configuration: ForeignHandle<OpaquePointer>
    private let cepstraPerFrame: Int
    /// The mean that the model was trained with; where an utterance without speech leaves it.
    private let trainedMean: [Float]

    /// Loads the models; takes some tenths of a second.
    init(model: PocketSphinxModel) throws {
        if let file = model.missingFiles.first {
            throw ProviderError(
                .unavailable, provider: PocketSphinxRecognizer.providerName,
                message: "cannot read \(file); install the Debian package pocketsphinx-en-us")
        }
        // Warnings about words of the dictionary and the like: nothing that an operator could act on.
        err_set_callback(nil, nil)
        err_set_logfp(nil)
        guard
            let configuration = Self.parse(model.options),
            let decoder = ps_init(configuration),
            let frontEnd = fe_init_auto_r(configuration),
            let normaliser = ps_get_feat(decoder)?.pointee.cmn_struct
        else {
            throw ProviderError(
                .unavailable, provider: PocketSphinxRecognizer.providerName,
                message: "the model in \(model.acousticModel) could not be loaded")
        }
        self.configuration = ForeignHandle(configuration)
        self.decoder = ForeignHandle(decoder)
        self.frontEnd = ForeignHandle(frontEnd)
        cepstraPerFrame = Int(fe_get_output_size(frontEnd))
        trainedMean = (0..<cepstraPerFrame).map { normaliser.pointee.cmn_mean[$0] }
    }

    deinit {
        ps_free(decoder.pointer)
        fe_free(frontEnd.pointer)
        cmd_ln_free_r(configuration.pointer)
    }

    private static func parse(_ options: [(String, String)]) -> OpaquePointer? {
        var words: [UnsafeMutablePointer<CChar>?] = [strdup("parley")]
        for (name, value) in options { words += [strdup(name), strdup(value)] }
        defer { words.forEach { free($0) } }
        return cmd_ln_parse_r(nil, ps_args(), Int32(words.count), &words, 1)
    }

    // MARK: Listening

    /// Forgets the utterance before and makes ready to listen to a new one.
    func prepare() {
        endUtterance()
        fe_start_stream(frontEnd.pointer)
        fe_start_utt(frontEnd.pointer)
    }

    /// Computes the cepstra of the next samples and adds them to `sum`. The front end leaves silence out.
    func listen(_ samples: [Int16], into sum: inout CepstralSum) {
        let room = samples.count / 80 + 32
        var values = [Float](repeating: 0, count: room * cepstraPerFrame)
        let width = cepstraPerFrame
        var frames = Int32(room)
        values.withUnsafeMutableBufferPointer { values in
            guard let first = values.baseAddress else { return }
            var rows: [UnsafeMutablePointer<Float>?] = (0..<room).map { first + $0 * width }
            samples.withUnsafeBufferPointer { input in
                var next = input.baseAddress
                var left = input.count
                fe_process_frames(frontEnd.pointer, &next, &left, &rows, &frames, nil)
            }
        }
        for frame in 0..<max(0, min(room, Int(frames))) {
            sum.add(values[frame * width..<(frame + 1) * width])
        }
    }

    // MARK: Decoding

    /// Begins to decode an utterance whose speech began like this.
    func begin(after heard: CepstralSum) throws {
        if let normaliser = ps_get_feat(decoder.pointer)?.pointee.cmn_struct {
            heard.mean(trained: trainedMean).withUnsafeBufferPointer { cmn_live_set(normaliser, $0.baseAddress) }
        }
        ps_start_stream(decoder.pointer)
        if ps_start_utt(decoder.pointer) < 0 { throw Self.failure }
    }

    /// Decodes the next samples.
    func decode(_ samples: [Int16]) throws {
        let result = samples.withUnsafeBufferPointer {
            ps_process_raw(decoder.pointer, $0.baseAddress, $0.count, 0, 0)
        }
        if result < 0 { throw Self.failure }
    }

    /// The words of the utterance so far.
    var words: String {
        ps_get_hyp(decoder.pointer, nil).map { String(cString: $0) } ?? ""
    }

    /// Decodes what is left and returns the utterance's words.
    func finish() throws -> String {
        if ps_end_utt(decoder.pointer) < 0 { throw Self.failure }
        return words
    }

    /// Leaves an utterance that was begun and not finished.
    private func endUtterance() {
        // Ending an utterance that is not open is an error without effect.
        ps_end_utt(decoder.pointer)
        var frames: Int32 = 0
        var rest = [Float](repeating: 0, count: cepstraPerFrame)
        fe_end_utt(frontEnd.pointer, &rest, &frames)
    }

    private static var failure: ProviderError {
        ProviderError(
            .unavailable, provider: PocketSphinxRecognizer.providerName, message: "the decoder failed on this utterance"
        )
    }
}

/// The running mean of cepstra.
struct CepstralSum: Equatable, Sendable {
    private var sum: [Float] = []
    /// Frames of speech heard (100 a second).
    private(set) var frames = 0

    /// Adds one frame.
    mutating func add(_ cepstra: ArraySlice<Float>) {
        if sum.isEmpty { sum = [Float](repeating: 0, count: cepstra.count) }
        for (index, value) in cepstra.enumerated() { sum[index] += value }
        frames += 1
    }

    /// The mean, as if half a second with the mean `trained` had been heard too, so that a short word does not decide
    /// alone.
    func mean(trained: [Float]) -> [Float] {
        guard frames > 0 else { return trained }
        let weight: Float = 50
        return zip(sum, trained).map { ($0 + $1 * weight) / (Float(frames) + weight) }
    }
}
