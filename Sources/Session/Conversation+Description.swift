import FlowGraph
import ProjectModel

extension Conversation {
    /// What the client learns when the conversation begins.
    var description: SessionDescription {
        var agents: [SessionDescription.AgentDescription] = []
        for name in project.orchestrator.agentNames {
            let plan = project.plan(running: name)
            let speakers = project.speakers(of: plan)
            for node in plan.nodes {
                guard let speaker = speakers[node.id], speaker.isForCaller,
                    !agents.contains(where: { $0.name == speaker.agent })
                else { continue }
                agents.append(
                    SessionDescription.AgentDescription(
                        name: speaker.agent, description: speaker.description,
                        voice: project.voiceName(of: speaker.agent, within: node.superAgents),
                        speaks: speaker.voice != nil))
            }
        }
        return SessionDescription(
            id: id, project: project.name, version: project.version, agents: agents, vad: project.audio.vad,
            fallbacks: engines.fallbacks, sampleRate: project.sampleRate, usesStandIns: usesStandIns)
    }
}
