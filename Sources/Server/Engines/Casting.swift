import ProjectModel
import ProviderKit
import Session
import TurnTaking

/// A project as this server can run it: models without credentials are left out of their chains, and a local engine takes
/// the place of a chain that none is left of.
struct Casting: Sendable, Equatable {
    /// The project, with models that can be had only.
    private(set) var project: Project
    /// What was named and is not used.
    private(set) var fallbacks: [SessionDescription.Fallback] = []
    /// Classes of agents that cannot run here, and the language models that stand in for them.
    private(set) var standInAgents: [SessionDescription.Fallback] = []
    private let access: ProviderAccess

    /// Casts `project` with what `access` allows.
    /// - Parameter hasJudge: whether the local judge of ends of turns is on this machine.
    init(_ project: Project, access: ProviderAccess, hasJudge: Bool = false) {
        self.project = project
        self.access = access
        castEars()
        if !hasJudge, let judge = project.audio.endpointing.endOfTurn?.judge {
            note(judge, used: "max_silence_ms", "it is not on this machine, so silence alone ends the caller's turn")
        }
        castWriters()
        castVoices()
        castEyes()
        noteStandIns()
    }

    /// An agent that looks at pictures is stood in for where no hosted model is left to it: no local one sees.
    private mutating func castEyes() {
        for index in project.agents.indices where project.agents[index].program == .pictures {
            let models = project.agents[index].languageModel ?? project.languageModel
            if models.all.allSatisfy(\.isLocal) { project.agents[index].program = .standIn(.blind) }
        }
    }

    private mutating func noteStandIns() {
        standInAgents = project.agents.compactMap { agent in
            guard let standIn = agent.program.standIn else { return nil }
            let model = (agent.languageModel ?? project.languageModel).first
            return SessionDescription.Fallback(
                wanted: "\(standIn.agentClass) '\(agent.name)'", used: model.description,
                reason: "it cannot \(standIn.lack) here")
        }
    }

    /// What the project runs on, in the order of a conversation, for an operator.
    var runsOn: String {
        let audio = project.audio
        let voice = project.voice(of: nil, within: [])?.model.first
        let parts = [
            "hears with \(audio.recognizer.first)", "writes with \(project.languageModel.first)",
            voice.map { "speaks with \($0)" } ?? "text only", audio.vad == nil ? "push-to-talk" : "barge-in",
        ]
        return parts.joined(separator: ", ")
    }

    private mutating func castEars() {
        let named = project.audio.recognizer
        project.audio.recognizer = cast(named, local: .localRecognizers).chain
        let speaksEnglish = project.audio.language.lowercased().hasPrefix("en")
        let local = project.audio.recognizer.all.first { $0.isLocal }
        if !speaksEnglish, let local {
            note(
                "\(named.first) in \(project.audio.language)", used: "\(local)",
                "it understands English only, so callers have to type")
        }
        if !speaksEnglish, project.languageModel.all.contains(.localPlanner) {
            note(
                "\(project.languageModel.first) in \(project.audio.language)", used: "\(ModelReference.localPlanner)",
                "it answers in English only")
        }
    }

    private mutating func castWriters() {
        project.languageModel = castWriter(project.languageModel).chain
        for index in project.agents.indices {
            guard let named = project.agents[index].languageModel else { continue }
            let (chain, kept) = castWriter(named)
            if project.agents[index].speaksItself, !kept.isEmpty {
                let own = voices(project.agents[index].speech?.voices ?? [], kept: kept)
                project.agents[index].speech?.voices = own
            }
            project.agents[index].languageModel = chain
        }
        for index in project.superAgents.indices {
            project.superAgents[index].languageModel = project.superAgents[index].languageModel.map {
                castWriter($0).chain
            }
        }
    }

    /// Where the planner alone would write, the small model of this machine goes before it, if it runs.
    private mutating func castWriter(_ named: ModelChain) -> (chain: ModelChain, kept: [Int]) {
        guard named == ModelChain(.localPlanner), access.missing(for: .localQwen) == nil else {
            return cast(named, local: .localWriters)
        }
        note(
            "\(ModelReference.localPlanner)", used: "\(ModelReference.localQwen)", "a small model runs on this machine")
        return (.localWriters, [])
    }

    private mutating func castVoices() {
        let standard = project.audio.synthesizer
        project.audio.synthesizer = cast(standard, local: .localSynthesizers).chain
        if var speech = project.orchestrator.speech {
            cast(&speech, standard: standard)
            project.orchestrator.speech = speech
        }
        for index in project.superAgents.indices {
            guard var speech = project.superAgents[index].speech else { continue }
            cast(&speech, standard: standard)
            project.superAgents[index].speech = speech
        }
        for index in project.agents.indices {
            guard var speech = project.agents[index].speech, !project.agents[index].speaksItself else { continue }
            cast(&speech, standard: standard)
            project.agents[index].speech = speech
        }
    }

    private mutating func cast(_ speech: inout SpeechConfiguration, standard: ModelChain) {
        let named = speech.model ?? standard
        let (chain, kept) = cast(named, local: .localSynthesizers)
        if speech.model != nil { speech.model = chain }
        // Local engines choose the voice that is nearest to any name: one is enough for all of them, and in the place of
        // hosted ones they take the first's.
        let isForAll = named.all.allSatisfy { $0.isLocal } && speech.voices.count == 1
        speech.voices =
            kept.isEmpty || isForAll
            ? speech.voices.first.map { Array(repeating: $0, count: chain.all.count) } ?? []
            : voices(speech.voices, kept: kept)
    }

    private func voices(_ voices: [String?], kept: [Int]) -> [String?] {
        voices.isEmpty ? [] : kept.map { voices.indices.contains($0) ? voices[$0] : nil }
    }

    /// Those of `named` that can be had, else the local engines that can; and which they were.
    private mutating func cast(_ named: ModelChain, local: ModelChain) -> (chain: ModelChain, kept: [Int]) {
        let missing = named.all.map { access.missing(for: $0, among: project.endpoints) }
        let kept = missing.indices.filter { missing[$0] == nil }
        let isWhole = kept.count == named.all.count
        let chain =
            isWhole
            ? named
            : ModelChain(kept.map { named.all[$0] }) ?? ModelChain(local.all.filter { access.missing(for: $0) == nil })
                ?? local
        for (model, reason) in zip(named.all, missing) {
            if let reason { note(model.description, used: chain.first.description, reason) }
        }
        return (chain, kept)
    }

    private mutating func note(_ wanted: String, used: String, _ reason: String) {
        guard !fallbacks.contains(where: { $0.wanted == wanted }) else { return }
        fallbacks.append(SessionDescription.Fallback(wanted: wanted, used: used, reason: reason))
    }
}
