import Foundation
import JSONText
import ModelFiles
import ONNXRuntime
import ProviderKit
import Vocoder

/// hibari, loaded: the network that speaks, the dictionaries, and the network for words that these do not have. Shared by
/// all conversations; methods block and compute.
final class HibariModel: Sendable {
    /// Names in the list of model files.
    enum Files {
        static let network = "hibari/hibari.onnx"
        static let vocabulary = "hibari/vocab.json"
        static let guess = "hibari/oov.onnx"
        static let guessTable = "hibari/oov.json"
        static let lexicons = ["hibari/lexicon_us_gold.json.gz", "hibari/lexicon_us_silver.json.gz"]
        static let all = [network, vocabulary, guess, guessTable] + lexicons
    }

    /// Samples a second.
    static let sampleRate = Int(Vocoder.rate)
    /// The node of the network's graph that counts how long each phoneme lasts. The graph keeps it for itself, so it is made
    /// an output when the model is loaded.
    private static let durations = "/Cast_32_output_0"
    /// What a count of one stands for, in samples: two frames.
    private static let samplesPerCount = 2 * Vocoder.hop
    private static let outputs = ["lh", "theta", "ln", "lr", "phi", "f0", durations]
    /// Larger dictionaries are refused, in bytes.
    private static let largestDictionary = 16 << 20

    private let session: ModelSession
    private let vocabulary: [Unicode.Scalar: Int64]
    private let pronouncer: Pronouncer

    /// Reads the files of `folder`, after a look whether they are what they should be.
    /// - Throws: `ProviderError` (rejected), which names the file and what to do.
    init(folder: ModelFolder, runtime: ModelRuntime) throws(ProviderError) {
        do {
            let model = try folder.checked(Files.network)
            session = try runtime.load(
                model, content: Self.model(try Self.bytes(of: model), with: Self.durations),
                for: HibariSynthesizer.providerName)
            let numbers = try JSONReader.decode(
                [String: Int64].self, from: Self.bytes(of: folder.checked(Files.vocabulary)))
            vocabulary = Dictionary(
                numbers.compactMap { letter, number in letter.unicodeScalars.first.map { ($0, number) } },
                uniquingKeysWith: { first, _ in first })
            let unknown = try UnknownWords(
                session: runtime.load(folder.checked(Files.guess), for: HibariSynthesizer.providerName),
                table: Self.bytes(of: folder.checked(Files.guessTable)))
            let lexicons = try Files.lexicons.map { name in
                let packed = try Self.bytes(of: folder.checked(name))
                return try Lexicon(Inflater.gunzip(packed, limit: Self.largestDictionary))
            }
            pronouncer = Pronouncer(lexicons: lexicons, guess: unknown.guess)
        } catch let error as ProviderError {
            throw error
        } catch {
            throw ProviderError(.rejected, provider: HibariSynthesizer.providerName, message: "\(error)")
        }
    }

    private static func bytes(of path: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// The model with one more output. A model is a message of Protocol Buffers, and parts of a message that come later are
    /// added to it: here a graph (field 7) with an output (field 12) of this name (field 1).
    static func model(_ content: [UInt8], with output: String) -> [UInt8] {
        func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
            [number << 3 | 2, UInt8(content.count)] + content
        }
        return content + field(7, field(12, field(1, Array(output.utf8))))
    }

    /// What the network has to read for a text, in pieces of at most `limit` numbers.
    /// - Parameter offset: characters before `text` in what the words' places refer to.
    func scripts(for text: Substring, offset: Int, limit: Int) -> [PhonemeScript] {
        PhonemeScript.scripts(of: pronouncer.sounds(of: text, offset: offset), vocabulary: vocabulary, limit: limit)
    }

    /// When a word is spoken, in samples from the beginning of its script.
    struct SpokenWord: Equatable, Sendable {
        var text: Range<Int>
        var samples: Range<Int>
    }

    /// What speaking brings: first the words, then the samples, a tenth of a second at a time.
    enum Speech: Sendable {
        case words([SpokenWord])
        case samples([Int16])
    }

    /// Speaks one script and yields what comes of it, until a yield returns false or `stop` is raised.
    /// - Throws: `ProviderError`.
    func speak(
        _ script: PhonemeScript, _ settings: HibariSettings, stop: StopFlag, yield: (Speech) -> Bool
    ) throws(ProviderError) {
        let outputs: [Tensor]
        do throws(ProviderError) {
            outputs = try session.run(
                [
                    "ids": Tensor(script.ids, shape: [1, script.ids.count]),
                    "speed": Tensor([settings.speed], shape: [1]),
                ], outputs: Self.outputs, stop: stop)
        } catch {
            if stop.isRaised { return }
            throw error
        }
        let spoke = Self.withFloats(of: outputs.prefix(6)) { planes in
            guard
                let frames = SpectralFrames(
                    harmonic: planes[0], harmonicPhase: planes[1], noise: planes[2], free: planes[3],
                    freePhase: planes[4], fundamental: planes[5]),
                let counts = outputs[6].int64s, counts.count == script.ids.count
            else { return false }
            guard yield(.words(Self.words(of: script, counts: counts))) else { return true }
            let vocoder = Vocoder(frames, shape: settings.shape)
            while !stop.isRaised, let samples = vocoder.next() {
                if !yield(.samples(samples.map { Int16(($0 * 32767).rounded()) })) { break }
            }
            return true
        }
        guard spoke == true else {
            throw ProviderError(
                .protocolViolation, provider: HibariSynthesizer.providerName,
                message: "the network's outputs do not fit each other")
        }
    }

    private static func words(of script: PhonemeScript, counts: [Int64]) -> [SpokenWord] {
        var ends: [Int] = []
        var end = 0
        for count in counts {
            end += Int(count) * samplesPerCount
            ends.append(end)
        }
        return script.words.map { word in
            SpokenWord(text: word.text, samples: ends[word.ids.lowerBound - 1]..<ends[word.ids.upperBound - 1])
        }
    }

    /// Calls `body` with the memory of all tensors; nil when one of them has no floats.
    private static func withFloats<Value>(
        of tensors: ArraySlice<Tensor>, _ planes: [UnsafeBufferPointer<Float>] = [],
        _ body: ([UnsafeBufferPointer<Float>]) -> Value
    ) -> Value? {
        guard let tensor = tensors.first else { return body(planes) }
        return tensor.withFloats { withFloats(of: tensors.dropFirst(), planes + [$0], body) } ?? nil
    }
}
