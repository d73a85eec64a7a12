import AudioCore
import ProjectModel
import ProviderKit
import Testing

@testable import Session

/// Clients that take turns themselves, put words into the conversation and order answers.
@Suite struct ClientOrderTests {
    private func simulation(
        _ transcripts: [String] = [], _ rules: TurnRules? = nil, _ change: (inout AnswerOrders) -> Void = { _ in }
    ) -> Simulation {
        var script = Script()
        script.transcripts = transcripts
        var simulation = Simulation(TestProjects.single(), script)
        var update = SessionUpdate()
        (update.turns, update.orders) = (rules, AnswerOrders())
        if var orders = update.orders {
            change(&orders)
            update.orders = orders
        }
        simulation.client(.update(update), at: .zero)
        return simulation
    }

    private func remark(_ text: String, _ name: String = "a", at place: Remark.Place = .end) -> ClientSignal {
        .remark(Remark(.caller, text, name: name, at: place))
    }

    private let order = ClientSignal.respond(ResponseOrder(AnswerOrders()))

    @Test func wordsWaitForAnOrder() {
        var simulation = simulation()
        simulation.client(remark("One."), at: .seconds(1))
        simulation.client(remark("Two.", "b"), at: .seconds(2))
        simulation.run(until: .seconds(5))
        #expect(simulation.count(\.isResponse) == 0)
        simulation.client(order, at: .seconds(6))
        simulation.run(until: .seconds(30))
        #expect(simulation.statuses == [.completed])
        #expect(simulation.generations.last?.brief.callerWords == "One. Two.")
    }

    @Test func anOrderWaitsForTheEndOfTheTurn() {
        var rules = TurnRules(.silence(.milliseconds(500)))
        rules.areAnswered = false
        var simulation = simulation(["a question", "another"], rules)
        simulation.stayQuiet(1)
        simulation.speak(2)
        simulation.stayQuiet(3)
        simulation.client(order, at: .seconds(2))
        simulation.run(until: .seconds(2))
        #expect(simulation.count(\.isResponse) == 0)
        simulation.run(until: .seconds(30))
        #expect(simulation.statuses == [.completed])
        #expect(simulation.generations.last?.brief.callerWords == "a question")
        // The next turn is nobody's order.
        simulation.speak(2)
        simulation.stayQuiet(3)
        simulation.run(until: .seconds(60))
        #expect(simulation.statuses == [.completed])
    }

    @Test func anOrderWithoutWordsIsAnsweredAllTheSame() throws {
        var simulation = simulation { $0.instructions = "Greet the caller." }
        var orders = AnswerOrders()
        orders.instructions = "Greet the caller."
        simulation.client(.respond(ResponseOrder(orders)), at: .seconds(1))
        simulation.run(until: .seconds(30))
        #expect(simulation.statuses == [.completed])
        let chat = try #require(simulation.generations.last).messages
        #expect(chat.first?.content.contains("Greet the caller.") == true)
        #expect(chat.last?.role == .user && chat.last?.content.isEmpty == false)
    }

    @Test func whatIsWithdrawnIsNotAnswered() {
        var rules = TurnRules(.silence(.milliseconds(500)))
        rules.areAnswered = false
        var simulation = simulation(["a question"], rules)
        simulation.stayQuiet(1)
        simulation.speak(2)
        simulation.stayQuiet(3)
        simulation.client(order, at: .seconds(2))
        simulation.client(.stopResponse, at: .milliseconds(2100))
        simulation.run(until: .seconds(20))
        #expect(simulation.count(\.isResponse) == 0)
    }

    @Test func textIsNotSpoken() {
        var simulation = simulation { $0.isSpoken = false }
        simulation.client(remark("One."), at: .seconds(1))
        var orders = AnswerOrders()
        orders.isSpoken = false
        simulation.client(.respond(ResponseOrder(orders)), at: .seconds(2))
        simulation.run(until: .seconds(30))
        #expect(simulation.statuses == [.completed])
        #expect(simulation.plays.isEmpty && simulation.synthesized.isEmpty)
        #expect(!simulation.texts.joined().isEmpty)
    }

    @Test func whatIsForgottenIsNotTold() {
        var simulation = simulation()
        simulation.client(remark("Keep this.", "a"), at: .seconds(1))
        simulation.client(remark("Forget this.", "b"), at: .seconds(1))
        simulation.client(.forget(.remark("b")), at: .seconds(2))
        simulation.client(order, at: .seconds(3))
        simulation.run(until: .seconds(40))
        #expect(simulation.generations.last?.brief.callerWords == "Keep this.")
        simulation.client(.forget(.remark("a")), at: .seconds(41))
        simulation.client(.forget(.answer(ResponseID(1), agent: "Stock")), at: .seconds(41))
        simulation.client(remark("Now.", "c"), at: .seconds(42))
        simulation.client(order, at: .seconds(43))
        simulation.run(until: .seconds(80))
        #expect(simulation.remembered.isEmpty)
    }

    @Test func whatIsOutOfBandLeavesNothingBehind() {
        var simulation = simulation()
        var aside = ResponseOrder(AnswerOrders())
        (aside.isKept, aside.input) = (false, [Remark(.caller, "Classify this.", name: "x")])
        simulation.client(remark("Mine."), at: .seconds(1))
        simulation.client(.respond(aside), at: .seconds(2))
        simulation.run(until: .seconds(40))
        #expect(simulation.generations.last?.brief.callerWords == "Classify this.")
        simulation.client(order, at: .seconds(41))
        simulation.run(until: .seconds(80))
        #expect(simulation.generations.last?.brief.callerWords == "Mine.")
        #expect(simulation.remembered.isEmpty)
    }

    // MARK: - Bounds

    @Test func remarksHaveABound() {
        var desk = ClientDesk()
        let taken = (0...ClientDesk.mostRemarks).map { number in
            (desk.leave(Remark(.caller, "x", name: "\(number)")), desk.note(Remark(.orders, "x", name: "\(number)")))
        }
        #expect(taken.count { $0.0 } == ClientDesk.mostRemarks && taken.count { $0.1 } == ClientDesk.mostRemarks)
        var long = ClientDesk()
        let text = String(repeating: "x", count: ClientDesk.longestOrders)
        let (isTaken, isMoreTaken) = (
            long.note(Remark(.orders, text, name: "a")), long.note(Remark(.orders, "x", name: "b"))
        )
        let isTooLongTaken = long.leave(Remark(.caller, text, name: "c"))
        #expect(isTaken && !isMoreTaken && !isTooLongTaken)
    }
}
