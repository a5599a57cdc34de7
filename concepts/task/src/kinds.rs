//! What can be promised, and where a promise stands.

use words::codes;

codes! {
    /// What is promised.
    pub enum TaskKind {
        /// Decide what happens with a consultation (disposition).
        Dispose = "dispose",
        /// Take up a connecting sheet.
        TakeSheet = "take_sheet",
        /// Answer a referral (accept or refuse).
        AnswerReferral = "answer_referral",
        /// Find out and record the answer of a partner without a login.
        FetchAnswer = "fetch_answer",
        /// Bring an accepted referral to its end.
        FinishReferral = "finish_referral",
        /// After a refusal or failure: decide the next way for the person.
        Reroute = "reroute",
        /// Answer an inquiry: answer, part answer, or refusal with its reason.
        AnswerInquiry = "answer_inquiry",
        /// Find out and record what a partner without a login answers to an inquiry.
        FetchInquiry = "fetch_inquiry",
        /// An inquiry was answered or refused, or lost its basis: whoever asked reads it and goes on.
        CheckInquiry = "check_inquiry",
        /// An inquiry was raised to a confidential conference: the coordinator sees to it.
        RaisedInquiry = "raised_inquiry",
        /// 会議の事案: a desk whose household gives no consent asks the coordinator to open one.
        AskedMatter = "asked_matter",
        /// A member of a confidential conference has not pledged secrecy yet.
        PledgeSecrecy = "pledge_secrecy",
        /// Choose which of the desk's own records lie before a confidential conference.
        ReleaseMaterial = "release_material",
        /// The secretariat of a matter: bring it together, carry it on, bring it to its end.
        HoldMatter = "hold_matter",
        /// 代わりの進行役: run a matter in the place of its secretariat, where everybody there is kept out of it.
        StandIn = "stand_in",
        /// 会議の決定を確かめる: presence on which it rests was corrected afterwards.
        RecheckDecision = "recheck_decision",
        /// 代わりの進行役を決める: nobody at the secretariat may run a matter that comes before this body.
        NameDeputy = "name_deputy",
        /// 秘密を守る会議に欠かせない課: a member of it is missing in the matter.
        SeatMember = "seat_member",
        /// 会議の招集に答える: whoever is invited says whether they come.
        AnswerInvitation = "answer_invitation",
        /// Find out and record what an invited partner without a login says.
        FetchInvitation = "fetch_invitation",
        /// 会議の取りやめ: whoever was invited has heard that it is not held.
        ReadCancelled = "read_cancelled",
        /// 会議の取りやめ: tell an invited partner without a login.
        TellCancelled = "tell_cancelled",
        /// 議題の順番待ち: the secretariat of a body finds a session for it, or says why not.
        PlaceItem = "place_item",
        /// 必須の窓口が出られない: the secretariat finds another day, somebody else, or asks beforehand for what is needed.
        ObligedAbsent = "obliged_absent",
        /// 出した議題の返事を読む: it was placed, dropped, carried over or talked over.
        HearItem = "hear_item",
        /// 会議の回をひらく: invite, hold, note who was there.
        HoldSession = "hold_session",
        /// 必須の欠席: hand in afterwards what was needed of the desk that was not there.
        MakeUp = "make_up",
        /// 会議録: write down what was said in a session, and have it approved.
        WriteMinutes = "write_minutes",
        /// 会議録の確認: read the minutes and say what should be otherwise.
        CommentMinutes = "comment_minutes",
        /// 回覧を読む.
        ReadCirculation = "read_circulation",
        /// 回覧を、ログインのない機関にとどける.
        TellCirculation = "tell_circulation",
        /// 会議の宿題: what a session gave this desk to do.
        Homework = "homework",
        /// 会議の宿題: hear from a partner without a login what became of theirs.
        HearHomework = "hear_homework",
        /// その後: something was done, is late or has ended of what a session talked over.
        ReadAfter = "read_after",
        /// その後: a participant asks what became of an item.
        TellAfter = "tell_after",
        /// Say whether such a case could be taken.
        AnswerCapacity = "answer_capacity",
        /// Find out and record what a partner without a login says to that.
        FetchCapacity = "fetch_capacity",
        /// Desks have said whether they could: whoever asked chooses.
        ChooseCapacity = "choose_capacity",
        /// Somebody asks whoever supports this person to get in touch.
        ReturnContact = "return_contact",
        /// Give advice on a question without a person in it.
        GiveAdvice = "give_advice",
        /// Advice has come: read it, thank, close.
        ReadAdvice = "read_advice",
        /// Two agencies very probably hold one household: consider a confidential conference.
        WeighOverlap = "weigh_overlap",
        /// 役割分担: do the part of a need that the desk has taken.
        TakePart = "take_part",
        /// 役割分担: hear from a partner without a login whether it did its part.
        HearPart = "hear_part",
        /// 支援プラン: do what the plan in force says this desk does.
        PlanAction = "plan_action",
        /// 支援プラン: hear from a partner without a login whether it did what the plan says.
        HearAction = "hear_action",
        /// 参加支援: take the next step between a person's wish and a place, or look how they get on there.
        Participation = "participation",
        /// 一時的な主担当: say whether it is taken, or lent.
        AnswerLead = "answer_lead",
        /// 一時的な主担当: look whether the case can return.
        CheckLead = "check_lead",
        /// 一時的な主担当: it has come back, or stays where it is; whoever it concerns says that they know.
        AckLead = "ack_lead",
        /// モニタリング: look with the person how the plan goes.
        Monitor = "monitor",
        /// つなぎ戻し: see for the first time how it goes after a hand-back.
        FirstCheck = "first_check",
        /// 訪問時の注意: look whether it is still needed.
        ReviewCaution = "review_caution",
        /// Somebody who watches asks how the case goes on: raise it, meet, go on.
        ConsiderNext = "consider_next",
        /// 節目: a life stage lies ahead; make the way for it.
        LifeStage = "life_stage",
        /// 引きつぎ: confirm receipt of a colleague's case.
        TakeOver = "take_over",
        /// 引きつぎ: somebody leaves; see to it that each case is taken up.
        CheckTakeOver = "check_take_over",
        /// 事例集: say whether a case without names may stand there.
        ApproveLesson = "approve_lesson",
        /// Tell the sender or first noticer what became of it.
        GiveFeedback = "give_feedback",
        /// The next promise to the household.
        NextPromise = "next_promise",
        /// After closure: look in once more.
        FollowUp = "follow_up",
        /// A person died, moved, came of age: look through consents and facts.
        Review = "review",
        /// A consent ends soon, or a recipient of it has ended: ask the person whether it goes on.
        ConsentEnds = "consent_ends",
        /// The person whose parent or guardian consented comes of age: ask themselves.
        ConsentOfAge = "consent_of_age",
        /// 緊急の見きわめ: a step of the clock (see the person with one's own eyes within …).
        TriageStep = "triage_step",
        /// 緊急の見きわめ: judge, with reasons.
        TriageJudge = "triage_judge",
        /// 緊急の見きわめ: a senior confirms the judgement.
        TriageConfirm = "triage_confirm",
        /// 緊急の閲覧: the desk whose case was opened is told, and says whether it knows why.
        UrgentSeen = "urgent_seen",
        /// 緊急の閲覧: somebody else reviews it afterwards.
        UrgentReview = "urgent_review",
        /// 開示請求: prepare the person's copy of who looked.
        AccessReport = "access_report",
        /// 開示請求: hand the copy over, or tell the person what was decided.
        HandOverReport = "hand_over_report",
    }

    /// Where a task stands.
    pub enum TaskState {
        /// To be done.
        Open = "open",
        /// Done.
        Done = "done",
        /// No longer needed; a reason says why.
        Cancelled = "cancelled",
        /// Goes on as another task.
        Moved = "moved",
    }
}

impl TaskKind {
    /// Whether a task of this kind may stand on a paper that somebody of the household is given, where its words are given to them: what was
    /// promised to them. That others are asked, told or watched, that something is urgent or looked through, is the desks' own
    /// (decision 0048). Each kind has its place here: a new one does not compile without.
    pub const fn for_one(self) -> bool {
        match self {
            Self::TakePart | Self::PlanAction | Self::Participation | Self::FollowUp | Self::NextPromise => {
                true
            }
            Self::Dispose
            | Self::TakeSheet
            | Self::AnswerReferral
            | Self::FetchAnswer
            | Self::FinishReferral
            | Self::Reroute
            | Self::AnswerInquiry
            | Self::FetchInquiry
            | Self::CheckInquiry
            | Self::RaisedInquiry
            | Self::AskedMatter
            | Self::PledgeSecrecy
            | Self::ReleaseMaterial
            | Self::HoldMatter
            | Self::StandIn
            | Self::RecheckDecision
            | Self::NameDeputy
            | Self::SeatMember
            | Self::AnswerInvitation
            | Self::FetchInvitation
            | Self::ReadCancelled
            | Self::TellCancelled
            | Self::PlaceItem
            | Self::ObligedAbsent
            | Self::HearItem
            | Self::HoldSession
            | Self::MakeUp
            | Self::WriteMinutes
            | Self::CommentMinutes
            | Self::ReadCirculation
            | Self::TellCirculation
            | Self::Homework
            | Self::HearHomework
            | Self::ReadAfter
            | Self::TellAfter
            | Self::AnswerCapacity
            | Self::FetchCapacity
            | Self::ChooseCapacity
            | Self::ReturnContact
            | Self::GiveAdvice
            | Self::ReadAdvice
            | Self::WeighOverlap
            | Self::HearPart
            | Self::HearAction
            | Self::AnswerLead
            | Self::CheckLead
            | Self::AckLead
            | Self::Monitor
            | Self::FirstCheck
            | Self::ReviewCaution
            | Self::ConsiderNext
            | Self::LifeStage
            | Self::TakeOver
            | Self::CheckTakeOver
            | Self::ApproveLesson
            | Self::GiveFeedback
            | Self::Review
            | Self::ConsentEnds
            | Self::ConsentOfAge
            | Self::TriageStep
            | Self::TriageJudge
            | Self::TriageConfirm
            | Self::UrgentSeen
            | Self::UrgentReview
            | Self::AccessReport
            | Self::HandOverReport => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use words::code::Code;

    #[test]
    fn on_a_paper_for_one_stands_what_was_promised_to_them_and_nothing_else() {
        let given: Vec<&str> = TaskKind::ALL.iter().filter(|k| k.for_one()).map(|k| k.code()).collect();
        assert_eq!(given, ["take_part", "plan_action", "participation", "next_promise", "follow_up"]);
    }
}
