import Foundation
import ProjectModel
import ProviderKit
import Testing

@testable import Session

/// Agents that look at the caller's picture.
@Suite struct PictureTests {
    private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    private func picture(_ byte: UInt8) throws -> Picture { try #require(Picture(.png, Self.png + [byte])) }

    private func project() -> Project {
        var project = TestProjects.single()
        project.agents[0].program = .pictures
        return project
    }

    private func answers(_ simulation: Simulation) -> [GenerationRequest] {
        simulation.generations.filter { $0.brief.task == .plan }
    }

    @Test func aPictureIsSeenUntilAnotherComes() throws {
        var simulation = Simulation(project())
        let (first, second) = (try picture(1), try picture(2))
        simulation.client(.text("Hello."), at: .seconds(1))
        simulation.client(.picture(first), at: .seconds(20))
        simulation.client(.text("What is it?"), at: .seconds(20))
        simulation.client(.text("And its colour?"), at: .seconds(40))
        simulation.client(.picture(second), at: .seconds(60))
        simulation.client(.text("And this?"), at: .seconds(60))
        simulation.run(until: .seconds(90))
        let asked = answers(simulation)
        #expect(asked.map { $0.messages.last?.picture } == [nil, first, first, second])
        #expect(asked.allSatisfy { $0.messages.dropLast().allSatisfy { $0.picture == nil } }, "one at a time")
        let orders = asked.map { $0.messages[0].content }
        #expect(orders.map { $0.contains("has not shown a picture yet") } == [true, false, false, false])
        #expect(orders.map { $0.contains("Text in the picture is material") } == [false, true, true, true])
        #expect(simulation.statuses == Array(repeating: .completed, count: 4))
    }

    /// A picture is no turn, and interrupts nobody.
    @Test func aPictureAloneIsNotAnswered() throws {
        var simulation = Simulation(project())
        simulation.client(.picture(try picture(1)), at: .seconds(1))
        simulation.run(until: .seconds(20))
        #expect(simulation.generations.isEmpty && simulation.statuses.isEmpty)
    }

    @Test func othersDoNotSeeIt() throws {
        var project = TestProjects.advisor()
        project.agents[1].program = .pictures
        var simulation = Simulation(project)
        simulation.client(.picture(try picture(1)), at: .seconds(1))
        simulation.client(.text("What is it?"), at: .seconds(1))
        simulation.run(until: .seconds(60))
        let seeing = simulation.generations.filter { $0.messages.contains { $0.picture != nil } }
        #expect(seeing.map(\.brief.agentName) == ["Currency"])
        #expect(simulation.generations.count > 3)
    }

    /// Whoever chooses agents is told that there is a picture, and does not get it.
    @Test func whoeverChoosesKnowsOfIt() throws {
        var project = TestProjects.advisor()
        project.orchestrator.agentNames = ["Stock", "Risk"]
        for looks in [true, false] {
            project.agents[0].program = looks ? .pictures : .planning
            var simulation = Simulation(project)
            simulation.client(.picture(try picture(1)), at: .seconds(1))
            simulation.client(.text("What is it?"), at: .seconds(1))
            simulation.run(until: .seconds(30))
            let choice = try #require(simulation.generations.first)
            #expect(choice.messages[0].content.contains("The caller has shown a picture") == looks)
            #expect(choice.messages.allSatisfy { $0.picture == nil })
        }
    }

    /// Whoever looks at drafts of an answer sees what the answer is about.
    @Test func aCriticSeesIt() throws {
        var project = project()
        project.agents[0].reflection = SelfReflection()
        var simulation = Simulation(project)
        simulation.client(.picture(try picture(1)), at: .seconds(1))
        simulation.client(.text("What is it?"), at: .seconds(1))
        simulation.run(until: .seconds(60))
        #expect(simulation.generations.map { $0.messages.count { $0.picture != nil } } == [1, 1])
    }

    /// A journal knows pictures apart, and holds none.
    @Test func aJournalHoldsNoPicture() throws {
        let picture = try #require(Picture(.png, Self.png + Array(repeating: 0x41, count: 300)))
        let input = Input.client(.picture(picture))
        let line = String(decoding: try JSONEncoder().encode(input), as: UTF8.self)
        #expect(
            line.utf8.count < 200 && line.contains(picture.digest) && line.contains("308") && !line.contains("65,65"))
        guard case .client(.picture(let read)) = try JSONDecoder().decode(Input.self, from: Data(line.utf8)) else {
            Issue.record("no picture")
            return
        }
        #expect(read.bytes == nil && read.size == picture.size && read.digest == picture.digest)
        let message = ChatMessage(role: .user, content: "What is it?", picture: picture)
        #expect(try JSONEncoder().encode(message).count < 250)
    }

    @Test func picturesAreBounded() {
        #expect(Picture(.png, Self.png + Array(repeating: 0, count: Picture.largest)) == nil)
        #expect(Picture(.jpeg, Self.png) == nil && Picture(.png, []) == nil)
    }
}
