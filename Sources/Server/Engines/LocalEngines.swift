import ESpeakProvider
import FliteProvider
import Foundation
import HibariProvider
import LocalPlanner
import ModelFiles
import MoonshineProvider
import ONNXRuntime
import PocketSphinxProvider
import ProjectModel
import ProviderKit
import SmartTurnProvider
import VoiceActivity

/// The engines of this machine: what answers where no provider is named or can be had, and what the stand-ins for hosted
/// providers hear, speak and write with.
public struct LocalEngines: Sendable {
    /// The quickest voices, which need no files: flite for English, eSpeak NG for everything else.
    public let synthesizer: any SpeechSynthesizer
    /// The offline planner.
    public let languageModel: any LanguageModel
    /// Judges at a pause whether the caller's turn is over; nil when it is not on this machine.
    public let endOfTurnJudge: (any EndOfTurnJudge)?
    /// Those that cannot be had on this machine, each with what to do about it.
    public let absent: [ModelReference: String]
    /// The threads of all models of neural networks: who is waited for goes before what is only useful.
    let modelWorkers: BlockingWorkers
    private let smallModel = SmallModel()
    private let moonshine: MoonshineRecognizer
    private let pocketSphinx: PocketSphinxRecognizer
    private let hibari: HibariSynthesizer
    private let eSpeak: any SpeechSynthesizer

    /// Engines that have loaded nothing yet.
    /// - Parameters:
    ///   - recognizers: utterances that PocketSphinx transcribes at once.
    ///   - models: the folder of the models' files.
    ///   - voiceActivity: tells speech from the rest.
    public init(recognizers: Int, models: String = standardModels, voiceActivity: SileroModel) {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        pocketSphinx = PocketSphinxRecognizer(
            maxDecoders: recognizers, workers: BlockingWorkers(name: "recognizer", count: cores))
        let (runtime, workers) = (ModelRuntime(library: library(models)), BlockingWorkers(name: "models", count: cores))
        modelWorkers = workers
        let files = MoonshineFiles(folder: "\(models)/moonshine-tiny-en")
        let turns = "\(models)/smart-turn/smart-turn-v3.2-cpu.onnx"
        moonshine = MoonshineRecognizer(files: files, runtime: runtime, speech: voiceActivity, workers: workers)
        endOfTurnJudge =
            firstMissing(of: [turns, library(models)]) == nil
            ? SmartTurnJudge(model: turns, runtime: runtime, workers: workers) : nil
        hibari = HibariSynthesizer(folder: ModelFolder(models), runtime: runtime, workers: workers)
        let needed: [ModelReference: [String]] = [
            .localMoonshine: [files.encoder, files.decoder, files.tokens],
            .localHibari: HibariSynthesizer.files.map { "\(models)/\($0)" },
        ]
        let withoutFiles = needed.compactMapValues { paths in
            firstMissing(of: paths + [library(models)]).map {
                "\($0) is missing or damaged; `parley models fetch` brings it"
            }
        }
        absent = withoutFiles.merging(smallModel.absent) { $1 }
        // Speaking never waits for hearing: it has threads of its own.
        let voices = BlockingWorkers(name: "synthesizer", count: cores)
        eSpeak = ESpeakSynthesizer(workers: voices)
        synthesizer = LocalVoices(english: FliteSynthesizer(workers: voices), otherLanguages: eSpeak)
        languageModel = LocalPlanner()
    }

    /// The recogniser that `model` names; the best one for any other name.
    public func recognizer(_ model: ModelReference) -> any SpeechRecognizer {
        model == .localPocketSphinx ? pocketSphinx : recognizer
    }

    /// The best recogniser of this machine: English.
    public var recognizer: any SpeechRecognizer {
        absent[.localMoonshine] == nil ? moonshine : pocketSphinx
    }

    /// Loads what the first caller would have to wait for, and finds out whether it is there.
    /// - Returns: what cannot be used, although its files are there, and has something else behind it.
    /// - Throws: `ProviderError` when no recogniser can be used.
    public func prepare() async throws -> [ProviderError] {
        async let voice = failure(of: .localHibari) { try await hibari.prepare() }
        async let ears = failure(of: .localMoonshine) { try await moonshine.prepare() }
        let (brokenVoice, brokenEars) = try await (voice, ears)
        if brokenEars != nil || absent[.localMoonshine] != nil { try await pocketSphinx.prepare() }
        return [brokenEars, brokenVoice].compactMap { $0 }
    }

    /// Why an engine whose files are there cannot be used; nil when it can.
    private func failure(
        of model: ModelReference, _ prepare: @Sendable () async throws -> Void
    ) async throws -> ProviderError? {
        guard absent[model] == nil else { return nil }
        do { try await prepare() } catch let error as ProviderError { return error }
        return nil
    }

    /// The synthesiser that `model` names, with eSpeak NG for other languages than English; flite for any other name.
    public func synthesizer(_ model: ModelReference) -> any SpeechSynthesizer {
        switch model {
        case .localHibari: LocalVoices(english: hibari, otherLanguages: eSpeak)
        case ModelReference(provider: "Local", model: "eSpeak"): eSpeak
        default: synthesizer
        }
    }

    /// The language model that `model` names; the planner for any other name.
    func languageModel(_ model: ModelReference) -> any LanguageModel {
        smallModel.languageModel(model) ?? languageModel
    }

    /// The voices for stand-ins: every second name that tells nothing of its voice, such as the ids of ElevenLabs, gets a
    /// man's, so that two agents are told apart.
    public var distinctVoices: any SpeechSynthesizer { DistinctVoices(voices: synthesizer) }
}

/// `$PARLEY_MODELS`, else `parley/models` where the user's data lie.
public var standardModels: String { ModelFolder.standard(environment: ProcessInfo.processInfo.environment).path }

/// The first of these files that is missing, or is not what the list of model files says.
private func firstMissing(of files: [String]) -> String? {
    files.first { path in
        let folder = URL(filePath: path).deletingLastPathComponent()
        let name = "\(folder.lastPathComponent)/\(URL(filePath: path).lastPathComponent)"
        guard let file = ModelList.standard[name] else { return !FileManager.default.isReadableFile(atPath: path) }
        return (try? ModelFolder(folder.deletingLastPathComponent().path).verify(file)) == nil
    }
}

private func library(_ models: String) -> String { "\(models)/onnxruntime/libonnxruntime.so" }

private struct DistinctVoices: SpeechSynthesizer {
    let voices: any SpeechSynthesizer

    var name: String { voices.name }

    func synthesize(_ request: SynthesisRequest, emit: @Sendable (SynthesisPiece) async throws -> Void) async throws {
        var request = request
        // flite's and eSpeak's voices are chosen by what a name ends in.
        if let name = request.voice.name, request.voice.gender == nil {
            request.voice.name = name + (request.voice.fingerprint % 2 == 0 ? "-female" : "-male")
        }
        try await voices.synthesize(request, emit: emit)
    }
}
