/// What a word says of the number, name or date that follows it.
enum Cue: Hashable {
    case phone, card, socialSecurity, bank, passport, birth, iban, email, name, address

    /// Those of numbers: the nearest of them counts.
    static let numbers: Set<Cue> = [.phone, .card, .socialSecurity, .bank, .passport, .birth, .iban]

    /// In small letters, in English, German, French, Spanish and Italian.
    static let words: [String: Cue] = {
        let lists: [(Cue, String)] = [
            (
                .phone,
                "phone telephone mobile cell cellphone tel fax call reach whatsapp handy telefon telefonnummer "
                    + "handynummer rufnummer teléfono telefono téléphone portable móvil cellulare"
            ),
            (
                .card,
                "card visa mastercard amex credit debit kreditkarte kartennummer tarjeta carte carta crédito credito"
            ),
            (.socialSecurity, "ssn social"),
            (
                .bank,
                "account bank routing checking savings acct konto kontonummer bankleitzahl cuenta compte conto"
            ),
            (.passport, "passport reisepass passnummer pasaporte passeport passaporto"),
            (
                .birth,
                "born birth birthday birthdate dob geboren geburtsdatum geburtstag nacimiento nací né née naissance "
                    + "nato nata nascita"
            ),
            (.iban, "iban"),
            (.email, "email mail emails mails correo courriel"),
            (.name, "name surname nachname vorname nombre apellido nom prénom nome cognome"),
            (.address, "address live adresse wohnen dirección domicilio indirizzo street postcode zip"),
        ]
        var words: [String: Cue] = [:]
        for (cue, list) in lists { for word in list.split(separator: " ") { words[String(word)] = cue } }
        return words
    }()
}

/// Words that end a name or place, and never begin one, where a recognizer writes everything in small letters.
enum StopWords {
    static let all: Set<String> = Set(
        """
        a an and or but so because i you he she it we they my your his her our their me him us them this that these those the \
        is am are was were be been do does did has have had will would can could should may might must not no yes ok okay \
        in on at to for of from with by about as if when while where what which who how why there here now then today \
        tomorrow yesterday please thanks thank hello hi calling speaking need want like just also actually really very \
        spelled spelt important unknown private wrong right named called after before since until than too still already \
        und oder aber ich du er sie es wir ihr mein meine dein der die das ein eine ist bin sind war nicht kein ja nein \
        in an auf zu für von mit bei als wenn wo was wer wie warum hier jetzt heute morgen bitte danke möchte brauche rufe \
        et ou mais je tu il elle nous vous mon ma le la les un une est suis pas oui non à de pour avec chez \
        y o pero yo tú él ella nosotros mi el los las es soy no sí en por para con \
        e ma io lui lei noi il lo gli sono è non sì per
        """.split { $0 == " " || $0 == "\n" }.map(String.init))
}
