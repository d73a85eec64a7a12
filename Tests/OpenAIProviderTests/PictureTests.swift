import Foundation
import ProviderKit
import ProviderTransport
import Testing

/// Pictures in a chat, as OpenAI and Ollama take them.
@Suite struct ChatPictureTests {
    private func body(_ picture: Picture?, isList: Bool) -> JSONValue {
        let request = GenerationRequest(
            brief: Brief(task: .plan, agentName: "Ada", callerWords: "What is it?"),
            messages: [
                ChatMessage(role: .system, content: "You see."),
                ChatMessage(role: .user, content: "What is it?", picture: picture),
            ])
        return .object(request.chatBody(model: "eyes", listsPictures: isList))
    }

    @Test func aPictureIsAPartOfItsMessage() throws {
        let picture = try #require(Picture(.gif, Array("GIF89a".utf8)))
        let openAI = body(picture, isList: false)["messages"]
        #expect(openAI?[0]?["content"]?.string == "You see.")
        #expect(openAI?[1]?["content"]?[0]?["text"]?.string == "What is it?")
        let part = openAI?[1]?["content"]?[1]
        #expect(part?["type"]?.string == "image_url")
        #expect(part?["image_url"]?["url"]?.string == "data:image/gif;base64,R0lGODlh")
        let ollama = body(picture, isList: true)["messages"]?[1]
        #expect(ollama?["content"]?.string == "What is it?" && ollama?["images"]?[0]?.string == "R0lGODlh")
    }

    /// Of a picture without bytes, as a journal gives it, nothing is sent.
    @Test func withoutBytesThereIsNothingToSee() throws {
        let picture = try #require(Picture(.gif, Array("GIF89a".utf8)))
        let read = try JSONDecoder().decode(Picture.self, from: try JSONEncoder().encode(picture))
        for isList in [true, false] {
            #expect(body(read, isList: isList) == body(nil, isList: isList))
        }
    }
}
