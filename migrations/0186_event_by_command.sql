-- A review is found again by what made it: the event that was written down, or taken back, under the same command.
CREATE INDEX person_event_by_command ON person_event (municipality_id, command_id);
CREATE INDEX person_event_by_correction ON person_event (municipality_id, corrected_command_id);
