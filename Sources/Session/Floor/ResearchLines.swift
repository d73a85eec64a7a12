/// What a caller hears while an agent does a research in several stages.
enum ResearchLines {
    /// What is being done.
    struct Lines: Equatable, Sendable {
        /// The model plans.
        var planning: String
        /// Searches are under way.
        var searching: String
        /// The model looks for what is missing.
        var reviewing: String
    }

    /// The lines of a language, by its first subtag; nil where there are none: another language would be a surprise.
    static func standard(in language: String) -> Lines? {
        lines[String(language.lowercased().prefix { $0 != "-" && $0 != "_" })]
    }

    private static let lines = [
        "en": Lines(
            planning: "Let me think about what to look up.", searching: "I am looking that up.",
            reviewing: "I am checking whether anything is missing."),
        "de": Lines(
            planning: "Ich überlege, was ich nachschlage.", searching: "Ich schlage das nach.",
            reviewing: "Ich prüfe, ob noch etwas fehlt."),
        "fr": Lines(
            planning: "Je réfléchis à ce qu'il faut chercher.", searching: "Je cherche.",
            reviewing: "Je vérifie s'il manque quelque chose."),
        "es": Lines(
            planning: "Pienso qué hay que buscar.", searching: "Lo estoy buscando.",
            reviewing: "Compruebo si falta algo."),
        "it": Lines(
            planning: "Penso a che cosa cercare.", searching: "Sto cercando.",
            reviewing: "Controllo se manca qualcosa."),
        "nl": Lines(
            planning: "Ik bedenk wat ik moet opzoeken.", searching: "Ik zoek het op.",
            reviewing: "Ik kijk of er nog iets ontbreekt."),
    ]
}
