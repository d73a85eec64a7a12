import Privacy
import ProjectModel
import ProviderKit

/// Hides the caller's private details from models, and puts them back into what models write. Pure.
///
/// Everything that a conversation asks of engines passes here, so no request can be forgotten. What the conversation itself
/// holds is never masked: history, answers and results of tools are kept as they are.
struct Veil: Sendable {
    /// nil: the project hides nothing.
    private var book: MaskBook?
    /// The texts that are being written.
    private var texts: [Work: Unmasker] = [:]

    /// - Parameter salt: goes into hashes; different for each conversation.
    init(_ masking: PIIMasking? = nil, salt: String = "") { book = masking.map { MaskBook($0, salt: salt) } }

    // MARK: - What goes out

    /// A request as engines may see it.
    mutating func cover(_ request: Request) -> Request {
        if book == nil { return request }
        switch request {
        case .write(let work, let models, let generation):
            texts[work] = Unmasker()
            return .write(work, models, cover(generation))
        case .converse(let work, let segment, let dialogue, let turn):
            texts[work] = Unmasker()
            return .converse(work, segment, cover(dialogue), cover(turn))
        case .listen(let dialogues): return .listen(dialogues.map { cover($0) })
        case .relay(let text): return .relay(mask(text))
        default: return request
        }
    }

    private mutating func cover(_ request: GenerationRequest) -> GenerationRequest {
        var request = request
        request.messages = cover(request.messages)
        let question = request.messages.last { $0.role == .assistant }?.content ?? ""
        request.brief = cover(request.brief, after: question)
        let note = book?.note(on: request.messages.map(\.content))
        if let note, request.messages.first?.role == .system { request.messages[0].content += "\n" + note }
        return request
    }

    private mutating func cover(_ messages: [ChatMessage]) -> [ChatMessage] {
        var question = ""
        return messages.map { message in
            var covered = message
            covered.content = mask(message.content, after: message.role == .user ? question : "")
            for index in covered.toolCalls.indices {
                covered.toolCalls[index].arguments = mask(covered.toolCalls[index].arguments)
            }
            if message.role == .assistant { question = message.content }
            return covered
        }
    }

    private mutating func cover(_ brief: Brief, after question: String) -> Brief {
        var brief = brief
        brief.agentDescription = mask(brief.agentDescription)
        brief.goal = brief.goal.map { mask($0) }
        brief.callerWords = mask(brief.callerWords, after: question)
        brief.conditions = brief.conditions.map { mask($0) }
        brief.parents = brief.parents.map { cover($0) }
        if case .passages(let passages) = brief.finding {
            brief.finding = .passages(
                passages.map { passage in
                    var passage = passage
                    passage.text = mask(passage.text)
                    return passage
                })
        }
        switch brief.task {
        case .judge(let condition): brief.task = .judge(condition: mask(condition))
        case .route(let candidates): brief.task = .route(candidates: candidates.map { cover($0) })
        case .assign(let candidates, let order):
            brief.task = .assign(candidates: candidates.map { cover($0) }, order: order.map { mask($0) })
        case .critique(let draft): brief.task = .critique(draft: mask(draft))
        case .choose(let drafts): brief.task = .choose(drafts: drafts.map { mask($0) })
        case .merge(let drafts): brief.task = .merge(drafts: drafts.map { mask($0) })
        case .next(var agenda):
            agenda.candidates = agenda.candidates.map { cover($0) }
            brief.task = .next(agenda)
        case .study(var study):
            study.asked = study.asked.map { mask($0) }
            brief.task = .study(study)
        case .score(var criterion):
            criterion.truth = criterion.truth.map { mask($0) }
            brief.task = .score(criterion)
        // Rules and questions are the project's own words; the caller's are in the messages.
        case .plan, .ask, .fill, .summarize, .screen, .invent: break
        }
        return brief
    }

    private mutating func cover(_ answer: Brief.Answer) -> Brief.Answer {
        var answer = answer
        answer.text = mask(answer.text)
        return answer
    }

    private mutating func cover(_ dialogue: Dialogue) -> Dialogue {
        var dialogue = dialogue
        dialogue.opening.history = cover(dialogue.opening.history)
        dialogue.opening.instructions = mask(dialogue.opening.instructions)
        let texts = [dialogue.opening.instructions] + dialogue.opening.history.map(\.content)
        if let note = book?.note(on: texts, isSpoken: true) { dialogue.opening.instructions += "\n" + note }
        return dialogue
    }

    private mutating func cover(_ turn: DialogueTurn) -> DialogueTurn {
        var turn = turn
        (turn.words, turn.instructions) = (mask(turn.words), mask(turn.instructions))
        if let note = book?.note(on: [turn.words, turn.instructions], isSpoken: true) {
            turn.instructions += turn.instructions.isEmpty ? note : "\n\n" + note
        }
        return turn
    }

    private mutating func mask(_ text: String, after question: String = "") -> String {
        book?.mask(text, after: question) ?? text
    }

    // MARK: - What comes back

    /// What an engine reports of a text, with the details in the place of their tokens. A piece may wait for the next.
    mutating func uncover(_ report: EngineReport) -> [EngineReport] {
        guard let book else { return [report] }
        switch report {
        case .text(let work, let piece):
            guard let known = texts[work]?.push(piece, book) else { return [report] }
            return known.isEmpty ? [] : [.text(work, known)]
        case .textDone(let work), .textFailed(let work, _):
            guard var text = texts.removeValue(forKey: work) else { return [report] }
            let rest = text.finish(book)
            return rest.isEmpty ? [report] : [.text(work, rest), report]
        default: return [report]
        }
    }

    /// The arguments of a call that a model wants made, as the tool is to get them. What the tool answers is masked when a
    /// model is asked again.
    func uncover(arguments json: String) -> String { book?.unmask(arguments: json) ?? json }

    // MARK: - Ends

    /// No more of what is written for that response is wanted.
    mutating func forget(_ response: ResponseID) {
        if !texts.isEmpty { texts = texts.filter { $0.key.response != response } }
    }

    /// An answer was cut, perhaps within a detail.
    mutating func learnCut(_ text: String) { book?.learnCut(text) }
}
