import ProviderKit

/// Collects what engines answered, request by request.
struct AnswerLearner {
    private struct Asked {
        let request: Request
        let at: Duration
        var answer = RecordedAnswer()
        var isOver = false

        /// The response that its usage is told for.
        var response: ResponseID? {
            switch request {
            case .write(let work, _, _), .converse(let work, _, _, _): work.response
            case .synthesize(_, _, let response): response
            default: nil
            }
        }

        var kind: ProviderReport.Kind {
            if case .synthesize = request { .synthesis } else { .generation }
        }
    }

    private var asked: [Asked] = []
    private var writings: [Work: Int] = [:]
    private var segments: [SegmentID: Int] = [:]
    private var calls: [CallID: Int] = [:]

    /// Takes in what happened next.
    mutating func learn(_ step: ConversationRun.Step) {
        if case .engine(let report) = step.input { learn(report, at: step.at) }
        for case .request(let request) in step.outputs { learn(request, at: step.at) }
    }

    /// Every request with its answer, in order.
    /// - Parameter end: when the recording ends.
    func finish(at end: Duration) -> [(Request, RecordedAnswer)] {
        asked.map { asked in
            var answer = asked.answer
            let rest = end - asked.at
            if !asked.isOver, answer.cutAt == nil { answer.cutAt = rest }
            // What had not come when the recording ended comes only after that.
            if answer.used == nil { answer.used = .init(delay: rest + .milliseconds(1), reports: []) }
            return (asked.request, answer)
        }
    }

    private mutating func learn(_ request: Request, at now: Duration) {
        switch request {
        case .write(let work, _, _):
            writings[work] = asked.count
            asked.append(Asked(request: request, at: now))
        case .converse(let work, let segment, _, _):
            writings[work] = asked.count
            if let segment { segments[segment] = asked.count }
            asked.append(Asked(request: request, at: now))
        case .synthesize(let segment, _, _):
            segments[segment] = asked.count
            asked.append(Asked(request: request, at: now))
        case .call(let id, _, _, _):
            calls[id] = asked.count
            var call = Asked(request: request, at: now)
            // It takes nothing of providers.
            call.answer.used = .init(delay: .zero, reports: [])
            asked.append(call)
        case .cancelCall(let id): cut(calls[id], at: now)
        case .cancelSpeech(let ids): for id in ids { cut(segments[id], at: now) }
        case .cancelWriting(let response):
            for (work, index) in writings where work.response == response { cut(index, at: now) }
        default: break
        }
    }

    private mutating func cut(_ index: Int?, at now: Duration) {
        guard let index, !asked[index].isOver, asked[index].answer.cutAt == nil else { return }
        asked[index].answer.cutAt = now - asked[index].at
    }

    private mutating func learn(_ report: EngineReport, at now: Duration) {
        switch report {
        case .text(let work, let text): append(.text(text), to: writings[work], at: now)
        case .toolCall(let work, let call): append(.toolCall(call), to: writings[work], at: now)
        case .toolDone(let id, let outcome): append(.toolDone(outcome), to: calls[id], at: now, isLast: true)
        case .textDone(let work): append(.textDone, to: writings[work], at: now, isLast: true)
        case .textFailed(let work, let code): append(.textFailed(code), to: writings[work], at: now, isLast: true)
        case .audio(let id, let samples): append(.audio(samples: samples), to: segments[id], at: now)
        case .words(let id, let words): append(.words(words), to: segments[id], at: now)
        case .audioDone(let id): append(.audioDone, to: segments[id], at: now, isLast: true)
        case .audioFailed(let id, let code): append(.audioFailed(code), to: segments[id], at: now, isLast: true)
        case .used(let response, let reports): assign(reports, of: response, at: now)
        case .transcript, .recognitionFailed, .endOfTurn, .hangUp, .recalled: break
        }
    }

    private mutating func append(
        _ content: RecordedAnswer.Content, to index: Int?, at now: Duration, isLast: Bool = false
    ) {
        guard let index else { return }
        asked[index].answer.append(content, after: now - asked[index].at)
        // A model that speaks itself is over when its text is.
        if case .converse = asked[index].request, content == .audioDone { return }
        if isLast { asked[index].isOver = true }
    }

    /// Every request tells once what it took; it does not say which it was. It follows the request's last report at once.
    private mutating func assign(_ reports: [ProviderReport], of response: ResponseID?, at now: Duration) {
        let kind = reports.first?.kind
        if kind == .recognition { return }
        let open = asked.indices.filter { index in
            asked[index].answer.used == nil && asked[index].response == response
                && (kind == nil || asked[index].kind == kind)
        }
        let found = open.first { asked[$0].isOver } ?? open.first { asked[$0].answer.cutAt != nil } ?? open.first
        guard let found else { return }
        asked[found].answer.used = .init(delay: now - asked[found].at, reports: reports)
    }
}
