"""Made-up prompts that balance the data: work and private questions in many languages, and work about private-sounding domains.

A sentence is an opening and an object of one language; each combination is taken with a fixed probability.
"""

import random

WORK = {
    "en": (
        ["fix the bug in {}", "write a unit test for {}", "refactor {}", "why does {} fail in CI", "add logging to {}", "explain how {} works",
         "update the docs for {}", "review my changes to {}", "the build breaks because of {}", "make {} faster", "rename {} everywhere",
         "add a migration for {}", "investigate the timeout in {}", "can you clean up {}", "implement {} as described in the ticket",
         "{} returns 500 in staging", "move {} to its own module", "add error handling around {}", "revert the change to {}"],
        ["the weather widget", "the recipe parser", "the birthday reminder job", "the movie schema", "the pizza order form", "the hotel booking API",
         "the playlist export", "the dating profile model", "the workout tracker", "the gift card service", "the flight search endpoint",
         "the horoscope test fixture", "the joke generator bot", "the pet shop demo", "the wedding planner page", "the calories field",
         "the login page", "the payment webhook", "the retry logic", "the cache layer", "the parser", "the CSV importer", "the health check",
         "the game loop", "the music player component", "the garden sensor driver", "the story card in the board", "the travel expenses report",
         "the holiday calendar service", "the restaurant table migration", "the user's birthday column", "the rain probability function"],
    ),
    "de": (
        ["Behebe den Fehler in {}", "Schreib einen Test für {}", "Warum schlägt {} in der Pipeline fehl?", "Refaktoriere {}", "Füge {} eine Protokollierung hinzu",
         "Erkläre mir, wie {} funktioniert", "Aktualisiere die Dokumentation zu {}", "Bitte prüfe meine Änderungen an {}", "{} ist zu langsam, optimiere das",
         "Benenne {} um", "Der Build bricht wegen {} ab", "Kannst du {} aufräumen?"],
        ["der Anmeldung", "der Wetteranzeige", "dem Rezept-Import", "der Zahlungsschnittstelle", "dem Geburtstagsfeld", "der Suchfunktion", "dem Parser",
         "der Datenbankmigration", "der Hotelbuchung", "dem Kalenderdienst", "der Konfiguration", "dem Login-Formular", "der Spieleliste", "dem Cache"],
    ),
    "es": (
        ["Corrige el error en {}", "Escribe una prueba unitaria para {}", "¿Por qué falla {} en la integración continua?", "Refactoriza {}", "Añade registros a {}",
         "Explícame cómo funciona {}", "Actualiza la documentación de {}", "Revisa mis cambios en {}", "{} tarda demasiado, optimízalo", "Renombra {}",
         "La compilación se rompe por {}", "Agrega manejo de errores en {}"],
        ["el inicio de sesión", "el widget del clima", "el importador de recetas", "la API de pagos", "el campo de cumpleaños", "la función de búsqueda",
         "el analizador", "la migración de la base de datos", "la reserva de hoteles", "el servicio de calendario", "la caché", "el formulario", "la lista de películas"],
    ),
    "fr": (
        ["Corrige le bug dans {}", "Écris un test unitaire pour {}", "Pourquoi {} échoue dans la CI ?", "Refactorise {}", "Ajoute des logs à {}",
         "Explique-moi comment fonctionne {}", "Mets à jour la documentation de {}", "Relis mes modifications de {}", "{} est trop lent, optimise-le",
         "Renomme {}", "La compilation casse à cause de {}", "Ajoute la gestion des erreurs dans {}"],
        ["la page de connexion", "le widget météo", "l'import de recettes", "l'API de paiement", "le champ anniversaire", "la recherche", "l'analyseur",
         "la migration de la base", "la réservation d'hôtel", "le service de calendrier", "le cache", "le formulaire", "la liste de films"],
    ),
    "pt": (
        ["Corrija o erro em {}", "Escreva um teste para {}", "Por que {} falha no pipeline?", "Refatore {}", "Adicione logs em {}", "Explique como funciona {}",
         "Atualize a documentação de {}", "Revise minhas mudanças em {}", "{} está lento, otimize", "Renomeie {}"],
        ["a tela de login", "o widget do tempo", "o importador de receitas", "a API de pagamentos", "o campo de aniversário", "a busca", "o parser", "a migração do banco",
         "a reserva de hotéis", "o cache", "o formulário"],
    ),
    "it": (
        ["Correggi l'errore in {}", "Scrivi un test per {}", "Perché {} fallisce nella pipeline?", "Fai il refactoring di {}", "Aggiungi i log a {}",
         "Spiegami come funziona {}", "Aggiorna la documentazione di {}", "Rivedi le mie modifiche a {}", "{} è troppo lento, ottimizzalo", "Rinomina {}"],
        ["la pagina di login", "il widget meteo", "l'importatore di ricette", "l'API dei pagamenti", "il campo compleanno", "la ricerca", "il parser", "la migrazione del database",
         "la prenotazione hotel", "la cache", "il modulo"],
    ),
    "nl": (
        ["Los de fout in {} op", "Schrijf een test voor {}", "Waarom faalt {} in de pipeline?", "Refactor {}", "Voeg logging toe aan {}", "Leg uit hoe {} werkt",
         "Werk de documentatie van {} bij", "Bekijk mijn wijzigingen in {}", "Hernoem {}"],
        ["de inlogpagina", "de weerwidget", "de receptenimport", "de betaal-API", "het verjaardagsveld", "de zoekfunctie", "de parser", "de databasemigratie", "de cache"],
    ),
    "pl": (
        ["Napraw błąd w {}", "Napisz test dla {}", "Dlaczego {} nie przechodzi w CI?", "Zrefaktoryzuj {}", "Dodaj logowanie do {}", "Wyjaśnij, jak działa {}", "Zaktualizuj dokumentację {}"],
        ["stronie logowania", "widżecie pogody", "imporcie przepisów", "API płatności", "polu urodziny", "wyszukiwarce", "parserze", "migracji bazy"],
    ),
    "ru": (
        ["Исправь ошибку в {}", "Напиши тест для {}", "Почему {} падает в CI?", "Отрефактори {}", "Добавь логирование в {}", "Объясни, как работает {}", "Обнови документацию: {}",
         "Проверь мои изменения: {}", "Оптимизируй: {} работает медленно"],
        ["форма входа", "виджет погоды", "импорт рецептов", "платёжный API", "поле дня рождения", "поиск", "парсер", "миграция базы", "бронирование отелей", "кэш"],
    ),
    "zh": (
        ["修复{}的错误", "为{}写一个单元测试", "为什么{}在流水线里失败", "重构{}", "给{}加上日志", "解释一下{}是怎么工作的", "更新{}的文档", "检查我对{}的修改", "{}太慢了，优化一下", "把{}重命名",
         "{}报错了，帮我看看", "编译失败，是{}的问题吗"],
        ["登录页面", "天气组件", "菜谱导入模块", "支付接口", "生日字段", "搜索功能", "解析器", "数据库迁移", "酒店预订接口", "日历服务", "缓存", "表单", "电影列表接口", "餐厅推荐服务"],
    ),
    "ja": (
        ["{}のバグを直してください", "{}の単体テストを書いて", "CIで{}が失敗するのはなぜですか", "{}をリファクタリングして", "{}にログを追加して", "{}の仕組みを説明して", "{}のドキュメントを更新して",
         "{}の変更をレビューして", "{}が遅いので最適化して"],
        ["ログイン画面", "天気ウィジェット", "レシピ取り込み処理", "決済API", "誕生日フィールド", "検索機能", "パーサー", "データベース移行", "ホテル予約API", "キャッシュ"],
    ),
    "ko": (
        ["{} 버그를 고쳐줘", "{} 단위 테스트를 작성해줘", "CI에서 {} 실패하는 이유가 뭐야", "{} 리팩터링해줘", "{} 로그를 추가해줘", "{} 동작 방식을 설명해줘", "{} 문서를 업데이트해줘"],
        ["로그인 페이지", "날씨 위젯", "레시피 가져오기 모듈", "결제 API", "생일 필드", "검색 기능", "파서", "데이터베이스 마이그레이션", "캐시"],
    ),
    "tr": (
        ["{} hatasını düzelt", "{} için test yaz", "{} neden CI'da başarısız oluyor", "{} kodunu yeniden düzenle", "{} için günlük kaydı ekle", "{} nasıl çalışıyor açıkla"],
        ["giriş sayfası", "hava durumu bileşeni", "tarif içe aktarıcı", "ödeme API'si", "doğum günü alanı", "arama işlevi", "ayrıştırıcı", "veritabanı geçişi"],
    ),
}

WORK.update({
    "vi": (["Sửa lỗi trong {}", "Viết bài kiểm thử cho {}", "Tại sao {} thất bại trong CI", "Thêm ghi log cho {}", "Giải thích cách {} hoạt động", "Cập nhật tài liệu của {}"],
           ["trang đăng nhập", "tiện ích thời tiết", "API thanh toán", "trường ngày sinh", "bộ phân tích", "chức năng tìm kiếm", "bộ nhớ đệm"]),
    "sv": (["Åtgärda felet i {}", "Skriv ett test för {}", "Varför misslyckas {} i CI", "Lägg till loggning i {}", "Förklara hur {} fungerar", "Uppdatera dokumentationen för {}"],
           ["inloggningssidan", "väderwidgeten", "betalnings-API:et", "födelsedagsfältet", "parsern", "sökfunktionen", "cachen"]),
    "id": (["Perbaiki bug di {}", "Tulis tes untuk {}", "Kenapa {} gagal di CI", "Tambahkan log ke {}", "Jelaskan cara kerja {}", "Perbarui dokumentasi {}"],
           ["halaman login", "widget cuaca", "API pembayaran", "kolom ulang tahun", "parser", "fitur pencarian", "cache"]),
    "hi": (["{} में बग ठीक करो", "{} के लिए टेस्ट लिखो", "{} CI में फेल क्यों हो रहा है", "{} में लॉग जोड़ो", "{} कैसे काम करता है समझाओ"],
           ["लॉगिन पेज", "मौसम विजेट", "पेमेंट API", "जन्मदिन फ़ील्ड", "पार्सर", "खोज", "कैश"]),
    "ar": (["أصلح الخطأ في {}", "اكتب اختبارا لـ {}", "لماذا يفشل {} في CI", "أضف سجلات إلى {}", "اشرح كيف يعمل {}"],
           ["صفحة الدخول", "أداة الطقس", "واجهة الدفع", "حقل تاريخ الميلاد", "المحلل", "البحث"]),
})

PRIVATE = {
    "en": (
        ["what should I {}", "give me ideas to {}", "help me {}", "can you help me {}", "I want to {}, any tips?", "write me a short text because I {}"],
        ["cook for dinner tonight", "get my wife for our anniversary", "wear to a wedding", "plan a trip to Lisbon in May", "ask on a first date", "do about my back pain",
         "say at my sister's birthday party", "watch with the kids on Sunday", "plant on my balcony", "do in Rome for three days", "bake without eggs", "feed my new puppy",
         "lose some weight before summer", "name our baby", "finish my daughter's homework on volcanoes", "write a love poem", "pack for a beach holiday",
         "write a bedtime story about a dragon", "choose between two used cars", "deal with a noisy neighbour", "learn three chords on the guitar", "prepare for a marathon"],
    ),
    "de": (
        ["Was soll ich {}", "Gib mir Ideen: {}", "Hilf mir: {}", "Ich möchte {}, hast du Tipps?"],
        ["heute Abend kochen", "meiner Frau zum Hochzeitstag schenken", "im Urlaub in Italien unternehmen", "meiner Mutter zum Geburtstag schreiben", "auf dem Balkon pflanzen",
         "am Wochenende mit den Kindern machen", "gegen Kopfschmerzen tun", "meinem Hund zu fressen geben", "für die Hausaufgaben meiner Tochter schreiben", "für einen Film ansehen", "bis zum Sommer abnehmen"],
    ),
    "es": (
        ["¿Qué puedo {}?", "Dame ideas para {}", "Ayúdame a {}", "Quiero {}, ¿algún consejo?"],
        ["cocinar esta noche", "regalar a mi novia por su cumpleaños", "hacer tres días en Roma", "plantar en mi balcón", "escribir en una carta de amor", "ver con los niños el domingo",
         "hacer contra el dolor de cabeza", "dar de comer a mi gato", "llevar a la playa", "contar como chiste en la boda", "bajar de peso antes del verano"],
    ),
    "fr": (
        ["Que puis-je {} ?", "Donne-moi des idées pour {}", "Aide-moi à {}", "Je voudrais {}, des conseils ?"],
        ["cuisiner ce soir", "offrir à ma femme pour son anniversaire", "faire trois jours à Rome", "planter sur mon balcon", "écrire dans une lettre d'amour", "regarder avec les enfants dimanche",
         "faire contre le mal de tête", "donner à manger à mon chat", "emporter à la plage", "raconter comme blague au mariage", "perdre du poids avant l'été"],
    ),
    "pt": (
        ["O que posso {}?", "Me dê ideias para {}", "Me ajude a {}"],
        ["cozinhar hoje à noite", "dar de presente de aniversário à minha namorada", "fazer três dias em Roma", "plantar na varanda", "escrever em um poema de amor", "assistir com as crianças no domingo", "levar para a praia"],
    ),
    "it": (
        ["Cosa posso {}?", "Dammi idee per {}", "Aiutami a {}"],
        ["cucinare stasera", "regalare a mia moglie per il compleanno", "fare tre giorni a Parigi", "piantare sul balcone", "scrivere in una poesia d'amore", "guardare con i bambini domenica", "portare in spiaggia"],
    ),
    "nl": (
        ["Wat kan ik {}?", "Geef me ideeën om {}", "Help me {}"],
        ["vanavond koken", "mijn vrouw geven voor haar verjaardag", "in Rome doen in drie dagen", "op mijn balkon planten", "met de kinderen kijken zondag"],
    ),
    "pl": (
        ["Co mogę {}?", "Podaj pomysły, jak {}", "Pomóż mi {}"],
        ["ugotować na kolację", "kupić żonie na urodziny", "robić w Rzymie przez trzy dni", "posadzić na balkonie", "obejrzeć z dziećmi w niedzielę"],
    ),
    "ru": (
        ["Что мне {}?", "Подскажи идеи: {}", "Помоги {}"],
        ["приготовить на ужин", "подарить жене на день рождения", "посмотреть в Риме за три дня", "посадить на балконе", "посмотреть с детьми в воскресенье", "написать в любовном письме", "взять с собой на пляж"],
    ),
    "zh": (
        ["今天晚上{}", "帮我想想{}", "请推荐一下{}", "我想知道{}"],
        ["做什么菜", "给女朋友过生日送什么礼物", "去三亚旅游怎么玩", "周末带孩子去哪里", "附近好吃的火锅店", "适合情侣看的电影", "明天会不会下雨", "怎么减肥", "阳台上种什么花", "写一首情诗", "讲一个笑话"],
    ),
    "ja": (
        ["{}を教えて", "{}のおすすめは", "{}を考えて"],
        ["今夜の夕食のレシピ", "妻への誕生日プレゼント", "京都の三日間の旅行プラン", "子どもと見る映画", "明日の天気", "ダイエットの方法", "ラブレターの文章", "ベランダで育てる花"],
    ),
    "ko": (
        ["{} 추천해줘", "{} 알려줘", "{} 생각해줘"],
        ["오늘 저녁 메뉴", "아내 생일 선물", "제주도 여행 일정", "아이들과 볼 영화", "내일 날씨", "다이어트 방법", "연애 편지 문구"],
    ),
    "tr": (
        ["{} için öneri ver", "{} konusunda yardım et", "{} ne olsun"],
        ["akşam yemeği", "eşimin doğum günü hediyesi", "Roma'da üç günlük gezi", "çocuklarla izlenecek film", "balkonda yetiştirilecek çiçek", "aşk şiiri"],
    ),
}

PRIVATE.update({
    "vi": (["{} thế nào", "Gợi ý cho tôi {}", "Giúp tôi {}"], ["thời tiết ngày mai", "món ăn tối nay", "quà sinh nhật cho bạn gái", "lịch trình du lịch Đà Nẵng", "phim xem cuối tuần", "viết thơ tình"]),
    "sv": (["Vad ska jag {}", "Ge mig idéer: {}"], ["laga till middag ikväll", "ge min fru på födelsedagen", "göra i Rom i tre dagar", "plantera på balkongen", "se på film med barnen"]),
    "id": (["Beri saya ide {}", "Bantu saya {}"], ["masak makan malam", "hadiah ulang tahun istri", "liburan tiga hari di Bali", "film untuk anak-anak", "menulis puisi cinta", "menurunkan berat badan"]),
    "hi": (["{} बताओ", "{} के लिए सुझाव दो"], ["कल का मौसम", "रात के खाने की रेसिपी", "पत्नी के जन्मदिन का तोहफा", "गोवा की यात्रा", "बच्चों की फिल्म", "एक चुटकुला"]),
    "ar": (["اقترح علي {}", "أخبرني عن {}"], ["وصفة للعشاء", "هدية عيد ميلاد لزوجتي", "رحلة إلى روما", "فيلم للأطفال", "طقس الغد", "قصيدة حب"]),
})

BUSINESS = {
    "en": (
        ["draft an email about {}", "summarise the meeting on {}", "write a release note for {}", "prepare slides on {}", "translate the announcement of {}", "make an agenda for {}",
         "rewrite this paragraph on {} to be shorter", "compare vendors for {}"],
        ["the quarterly budget", "the outage of last night", "the new pricing", "the hiring plan", "the customer workshop", "the team offsite", "the security audit", "the travel expense policy",
         "the Christmas support rota", "the office move", "the product launch", "the parental leave policy", "the restaurant client's contract", "the onboarding of Dana"],
    ),
    "de": (["Schreib eine E-Mail zu {}", "Fasse das Meeting zu {} zusammen", "Erstelle eine Agenda für {}"], ["dem Quartalsbudget", "dem Ausfall gestern Nacht", "der neuen Preisliste", "dem Kundentermin", "der Urlaubsplanung im Team"]),
    "es": (["Redacta un correo sobre {}", "Resume la reunión sobre {}", "Prepara la agenda de {}"], ["el presupuesto trimestral", "la caída de anoche", "los nuevos precios", "la reunión con el cliente"]),
    "fr": (["Rédige un e-mail sur {}", "Résume la réunion sur {}", "Prépare l'ordre du jour de {}"], ["le budget trimestriel", "la panne d'hier soir", "les nouveaux tarifs", "la réunion client"]),
    "zh": (["写一封关于{}的邮件", "总结{}的会议纪要", "准备{}的演示文稿"], ["季度预算", "昨晚的故障", "新价格", "客户会议", "团队建设"]),
    "vi": (["Viết email về {}", "Viết quảng cáo cho {}", "Tóm tắt cuộc họp về {}"], ["ngân sách quý", "sự kiện của khách hàng", "bảng giá mới", "sự cố đêm qua"]),
    "ja": (["{}についてのメールを書いて", "{}の議事録をまとめて"], ["四半期予算", "昨夜の障害", "新しい価格", "顧客との打ち合わせ"]),
}


# Work on texts, whatever the texts are about, and what people ask their personnel office.
OFFICE = {
    "en": (
        ["rewrite the following text in a formal tone. {}", "paraphrase the given sentence. {}", "correct the grammar and spelling of this paragraph: {}",
         "given a sentence that may be ambiguous, make it clear. {}", "summarise the following dialogue briefly. {}", "describe the content of the article in two sentences. {}",
         "find the key words in this text: {}", "classify the sentiment of this review: {}", "turn the text into a table with three columns. {}",
         "translate this customer letter into English: {}", "edit this announcement so that it is shorter. {}", "extract all names and dates from the text. {}"],
        ["The chicken was ready to eat before the guests came.", "Dear Anna, we loved the hotel and the beach, but the breakfast was cold.", "My family went to the zoo and saw a big lion there.",
         "She told him that her sister had a birthday on Monday.", "A study published last year found that dogs sleep longer when it rains.", "The movie was long, yet the children enjoyed it.",
         "I bought two shirts and a pair of shoes at the store.", "Customer: I look for a present. Agent: For whom is it?", "Grandmother's soup recipe has been sold for forty years.",
         "The team won the football game in the last minute.", "If you had told me a year ago that I would run a marathon, I would have laughed.", "Lots of songs have been written about love."],
    ),
    "en-hr": (
        ["what's my {}", "tell me my {}", "how do I check my {}", "where can I see my {}", "is there a problem with my {}", "when does my {} change"],
        ["tax rate", "remaining vacation days", "next payday", "medical leave status", "health insurance plan", "pension contribution", "direct deposit", "salary slip for March",
         "travel reimbursement", "parental leave balance", "sick day count", "w2 form", "time off request", "contract end date", "performance review date"],
    ),
    "en-office": (
        ["write a user story for {}", "write a slogan for {}", "write an advertisement for {}", "make a to-do list for {}", "suggest a colour palette for {}", "prepare a table of {}",
         "create interview questions for {}", "write a product description of {}", "plan the agenda of {}", "group these items by {}", "estimate the cost of {}", "write a FAQ for {}"],
        ["the daily tasks of a pharmacy", "an event agency", "our slides", "the conference participants", "a bakery's web shop", "the hotel's booking desk", "a travel agency's newsletter",
         "the sales pipeline", "a restaurant's delivery service", "customer needs", "the pet food campaign", "the quarterly review", "a music school's course list"],
    ),
}

# What people say to a speaker in the kitchen.
HOME = {
    "en": (
        ["turn on {}", "turn off {}", "please switch {} on", "set {} to low", "start {} now", "stop {}", "pause {}", "resume {} please", "go back in {}", "turn {} up"],
        ["the kitchen lights", "the vacuum cleaner", "the radio", "my audiobook", "the podcast", "the coffee machine", "the night light", "the living room lamp", "the heating in the bedroom",
         "jazz music", "the television", "my running playlist", "the door lock", "the alarm for six"],
    ),
    "en-list": (
        ["add {} to my list", "remove {} from the shopping list", "put {} on my calendar", "remind me of {}", "what is new about {}", "tell me about {}", "how far is {}", "when is {}"],
        ["milk and eggs", "mum's visit", "the dentist", "picking up the kids", "the local events today", "the train to Chester", "the football results", "the nearest cinema", "the stock of my favourite band's shirts",
         "the concert on Friday", "rice and beans", "the neighbours' party", "the next full moon", "the tallest mountain", "the capital of Peru", "the queen's age"],
    ),
    "en-fun": (
        ["write lyrics about {}", "imagine you are {} and talk to me", "tell me a riddle about {}", "write a short story about {}", "continue my novel: {}", "play a word game with me about {}",
         "pretend to be {}", "who would win, {} or a bear"],
        ["an old Irish harbour", "a pirate captain", "a dragon in love", "a detective from Paris", "two friends on the moon", "a talking cat", "the last summer of school", "a rainy night in the city", "a famous singer"],
    ),
    "de": (["Schalte {} ein", "Mach {} aus", "Setz {} auf meine Liste", "Erzähl mir etwas über {}"], ["das Licht in der Küche", "das Radio", "die Musik", "Milch und Eier", "die Fußballergebnisse", "das Kino heute"]),
    "es": (["Enciende {}", "Apaga {}", "Pon {} en mi lista", "Cuéntame algo sobre {}"], ["la luz de la cocina", "la radio", "la música", "leche y huevos", "los resultados de fútbol", "el cine de hoy"]),
    "fr": (["Allume {}", "Éteins {}", "Ajoute {} à ma liste", "Parle-moi de {}"], ["la lumière de la cuisine", "la radio", "la musique", "le lait et les œufs", "les résultats de foot", "le cinéma ce soir"]),
    "zh": (["打开{}", "关掉{}", "{}怎么样", "{}攻略", "{}推荐"], ["厨房的灯", "收音机", "音乐", "北京旅游", "东京美食", "周末电影", "附近的公园", "感冒吃什么药", "婚礼流程"]),
    "tr": (["{} hava durumu", "{} gezi rehberi", "{} tarifi"], ["İzmir", "Ankara", "Londra", "mercimek çorbası"]),
}


def sentences(seed):
    """(text, label, language, group), in a fixed order."""
    rng = random.Random(seed)
    found = []
    for table, label, group, chance in ((WORK, "on_task", "made_work", 0.8), (PRIVATE, "off_task", "made_private", 0.9), (BUSINESS, "on_task", "made_business", 0.9),
                                       (OFFICE, "on_task", "made_business", 0.9), (HOME, "off_task", "made_private", 0.9)):
        for language, (openings, objects) in table.items():
            for opening in openings:
                for thing in objects:
                    if rng.random() < chance:
                        text = opening.format(thing)
                        if rng.random() < 0.3:
                            text = text[0].lower() + text[1:]
                        found.append((text, label, language[:2], group))
    return found
