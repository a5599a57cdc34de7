-- The links of a task to what it is about; see 0002_task.sql for why they come here.

ALTER TABLE task
    ADD FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id)
        DEFERRABLE INITIALLY DEFERRED,
    ADD FOREIGN KEY (municipality_id, consultation_id) REFERENCES consultation (municipality_id, id)
        DEFERRABLE INITIALLY DEFERRED,
    ADD FOREIGN KEY (municipality_id, sheet_id) REFERENCES connecting_sheet (municipality_id, id)
        DEFERRABLE INITIALLY DEFERRED,
    ADD FOREIGN KEY (municipality_id, referral_id) REFERENCES referral (municipality_id, id)
        DEFERRABLE INITIALLY DEFERRED,
    ADD FOREIGN KEY (municipality_id, entry_id) REFERENCES entry (municipality_id, id)
        DEFERRABLE INITIALLY DEFERRED;
