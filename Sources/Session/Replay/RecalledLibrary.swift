/// What the memory of the caller answered in a recording, found by what it was asked.
struct RecalledLibrary: Sendable {
    private var known: [(recall: Recall, answer: Recalled)] = []

    /// What was answered in `run`.
    init(_ run: ConversationRun) {
        var asked: [RecallID: Recall] = [:]
        for step in run.steps {
            if case .engine(.recalled(let id, let answer)) = step.input, let recall = asked[id] {
                known.append((recall, answer))
            }
            for output in step.outputs {
                if case .request(.recall(let id, let recall)) = output { asked[id] = recall }
            }
        }
    }

    /// The first answer to the same question; to another one, nothing.
    func answer(_ recall: Recall) -> Recalled { known.first { $0.recall == recall }?.answer ?? recall.nothing }
}
